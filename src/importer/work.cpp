#include "importer/work.h"

#include <algorithm>
#include <numeric>

namespace rehydra::importer {

int Work::field_of(int column) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.column == column; });
  return found == fields.end() ? -1 : static_cast<int>(found - fields.begin());
}

std::string Work::value_sql(int column, const std::string& prefix) const {
  if (column == dataset->tenant_column) {
    return tenant_sql;
  }
  const int field = field_of(column);
  return field < 0 ? std::string() : prefix + std::to_string(field);
}

std::string Work::key_join(const std::string& prefix, const std::string& table_alias) const {
  std::string condition;
  for (int column : dataset->key) {
    if (column == dataset->tenant_column) {
      continue;  // the tenant predicate says it already
    }
    const registry::Column& key = dataset->columns[static_cast<std::size_t>(column)];
    condition += (condition.empty() ? "" : " AND ") + pg::equal_sql(key.type, value_sql(column, prefix), key.type,
                                                                    table_alias + "." + pg::quote_identifier(key.name));
  }
  return condition.empty() ? "true" : condition;
}

std::string Work::same_field(std::size_t field, const std::string& left, const std::string& right) const {
  const pg::Type& type = column(field).type;
  return pg::equal_sql(type, left, type, right);
}

std::string Work::same_key(const std::string& left, const std::string& right) const {
  std::string condition;
  for (std::size_t field : key_fields()) {
    condition += (condition.empty() ? "" : " AND ") + same_field(field, left + at(field), right + at(field));
  }
  return condition.empty() ? "true" : condition;
}

std::string Work::stored_list() const {
  std::string list;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    list += ", t." + pg::quote_identifier(column(field).name) + " AS o" + at(field);
  }
  return list;
}

std::string Work::next_name(const char* what) {
  return std::string(what) + "_" + std::to_string(index) + "_" + std::to_string(++generation);
}

std::vector<std::size_t> Work::key_fields() const {
  std::vector<std::size_t> positions;
  for (int column : dataset->key) {
    if (const int field = field_of(column); field >= 0) {
      positions.push_back(static_cast<std::size_t>(field));
    }
  }
  return positions;
}

std::string Work::key_text(const std::string& prefix) const {
  std::string parts;
  for (std::size_t field : key_fields()) {
    parts += ", " + prefix + std::to_string(field) + "::pg_catalog.text";
  }
  return parts.empty() ? "''" : "pg_catalog.concat_ws(', '" + parts + ")";
}

bool Work::reject(std::int64_t r) {
  const auto at = static_cast<std::size_t>(r);
  if (bad.size() <= at) {
    bad.resize(at + 1, false);
  }
  const bool first = !bad[at];
  bad[at] = true;
  return first;
}

const std::vector<UniqueRule>& Work::unique_rules() const {
  if (!unique) {
    unique = importer::unique_rules(*dataset);
  }
  return *unique;
}

std::size_t Work::rejected_rows() const {
  return static_cast<std::size_t>(std::count(bad.begin(), bad.end(), true));
}

std::size_t Work::rows_left_out() const {
  const auto marked =
      std::count_if(marks.begin(), marks.end(), [](Mark mark) { return mark == Mark::skip || mark == Mark::remove; });
  return rejected_rows() + static_cast<std::size_t>(marked);
}

void Work::mark(std::int64_t r, Mark mark) {
  const auto at = static_cast<std::size_t>(r);
  if (marks.size() <= at) {
    marks.resize(at + 1, Mark::none);
  }
  marks[at] = mark;
}

Location Work::where(std::size_t field, std::int64_t sheet, std::int64_t line, std::int64_t satellite_line) const {
  const Field& given = fields[field];
  Location location;
  location.container = container;
  location.header = given.header;
  location.column = given.sheet_column;
  if (given.sheet == 0) {
    location.sheet = titles.empty() ? dataset->name : titles[static_cast<std::size_t>(sheet)];
    location.row = static_cast<std::uint32_t>(line);
  } else {
    location.sheet = satellite_titles[given.sheet - 1];
    location.row = static_cast<std::uint32_t>(satellite_line);
  }
  return location;
}

Work* Operation::work_of(int dataset_index) {
  const auto found =
      std::find_if(works.begin(), works.end(), [&](const Work& work) { return work.index == dataset_index; });
  return found == works.end() ? nullptr : &*found;
}

bool Operation::changes() const {
  return std::any_of(works.begin(), works.end(), [](const Work& work) { return work.counts.changes(); });
}

std::uint64_t Operation::sum(std::uint64_t Counts::*count) const {
  return std::accumulate(works.begin(), works.end(), std::uint64_t{0},
                         [&](std::uint64_t rows, const Work& work) { return rows + work.counts.*count; });
}

}  // namespace rehydra::importer
