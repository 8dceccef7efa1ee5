#include "codec/type_name.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace rehydra::codec {
namespace {

struct Entry {
  std::string_view name;
  NamedType type;
};

constexpr Entry entries[] = {
    {"smallint", {{ColumnClass::integer}, 2}},
    {"integer", {{ColumnClass::integer}, 4}},
    {"bigint", {{ColumnClass::integer}, 8}},
    {"numeric", {{ColumnClass::numeric}}},
    {"real", {{ColumnClass::floating}, 4}},
    {"double precision", {{ColumnClass::floating}, 8}},
    {"boolean", {{ColumnClass::boolean}}},
    {"date", {{ColumnClass::date}}},
    {"timestamp without time zone", {{ColumnClass::timestamp}}},
    {"timestamp with time zone", {{ColumnClass::timestamptz}}},
    {"bytea", {{ColumnClass::bytea}}},
    {"text", {{ColumnClass::text}}},
    {"character varying", {{ColumnClass::text}}},
    {"character", {{ColumnClass::text}}},
};

std::string without_modifier(std::string_view name) {
  const std::size_t open = name.find('(');
  const std::size_t close = name.find(')');
  const bool modified = open != std::string_view::npos && close != std::string_view::npos && open < close;
  std::string bare(name.substr(0, open));
  return bare += modified ? name.substr(close + 1) : std::string_view();
}

// Of "(15,2)"; a negative one rounds in front of the point and fixes no digits behind it.
int scale_in(std::string_view modifier) {
  const std::size_t comma = modifier.find(',');
  int scale = -1;
  if (comma != std::string_view::npos) {
    std::from_chars(modifier.data() + comma + 1, modifier.data() + modifier.size(), scale);
  }
  return std::max(scale, -1);
}

}  // namespace

NamedType type_named(std::string_view name) {
  const std::string bare = without_modifier(name);
  for (const Entry& entry : entries) {
    if (entry.name == bare) {
      NamedType type = entry.type;
      if (type.column.kind == ColumnClass::numeric && bare.size() < name.size()) {
        type.column.scale = scale_in(name.substr(bare.size()));
      }
      return type;
    }
  }
  return {};
}

}  // namespace rehydra::codec
