#include "codec/marks/package_edits.h"

#include <algorithm>
#include <charconv>

#include "codec/marks/text_bytes.h"
#include "codec/marks/xml_copy.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view strict_office = "http://purl.oclc.org/ooxml/officeDocument/relationships";
constexpr std::string_view strict_main = "http://purl.oclc.org/ooxml/spreadsheetml/main";
constexpr std::string_view no_relations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>";

// Calls body(token) at every token of the part; what it writes goes to the result.
template <class Body>
std::string edited(std::string_view part, const Limits& limits, Body body) {
  std::string made;
  TextBytes bytes(part);
  XmlCopy copy(bytes, limits, made);
  for (XmlToken token = copy.next(); token != XmlToken::done; token = copy.next()) {
    body(copy, token);
  }
  return made;
}

bool is_root_end(const XmlCopy& copy, XmlToken token) {
  return token == XmlToken::end && copy.token().depth() == 0;
}

std::uint32_t number_of(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string without_slash(std::string_view name) {
  return std::string(name.substr(name.starts_with('/') ? 1 : 0));
}

bool has_default(std::string_view part, std::string_view extension, const Limits& limits) {
  bool found = false;
  edited(part, limits, [&](XmlCopy& copy, XmlToken token) {
    found |= token == XmlToken::start && copy.token().name() == "Default" &&
             copy.token().attribute("Extension") == extension;
  });
  return found;
}

}  // namespace

std::string relation_type(Dialect dialect, std::string_view kind) {
  return std::string(relations_namespace(dialect)) + "/" + std::string(kind);
}

std::string_view relations_namespace(Dialect dialect) {
  return dialect == Dialect::strict ? strict_office : office;
}

std::string add_content_types(std::string_view part, const std::vector<NewPart>& parts, std::string_view removed,
                              const Limits& limits) {
  std::string prefix;
  const bool has_vml = has_default(part, "vml", limits);
  return edited(part, limits, [&](XmlCopy& copy, XmlToken token) {
    if (token == XmlToken::start && copy.token().depth() == 1) {
      prefix = prefix_of(copy.token().raw());
      copy.keep_open();
      // Defaults come before overrides.
      copy.put(has_vml ? ""
                       : "<" + prefix +
                             "Default Extension=\"vml\" "
                             "ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>");
    } else if (token == XmlToken::start && !removed.empty() &&
               without_slash(copy.token().attribute("PartName")) == removed) {
      copy.skip_element();
    } else {
      if (is_root_end(copy, token)) {
        for (const NewPart& added : parts) {
          copy.put("<" + prefix + "Override PartName=\"/" + escaped(added.name) + "\" ContentType=\"" + added.type +
                   "\"/>");
        }
      }
      copy.keep();
    }
  });
}

std::vector<PartRelation> read_relations(std::string_view part, const Limits& limits) {
  std::vector<PartRelation> relations;
  if (part.empty()) {
    return relations;
  }
  edited(part, limits, [&](XmlCopy& copy, XmlToken token) {
    if (token == XmlToken::start && copy.token().name() == "Relationship") {
      const std::string_view type = copy.token().attribute("Type");
      relations.push_back({std::string(copy.token().attribute("Id")), std::string(type.substr(type.rfind('/') + 1)),
                           std::string(copy.token().attribute("Target")),
                           copy.token().attribute("TargetMode") == "External"});
    }
  });
  return relations;
}

std::string free_id(const std::vector<PartRelation>& relations, std::string_view wish) {
  for (std::size_t number = 0;; ++number) {
    std::string id = std::string(wish) + (number == 0 ? "" : std::to_string(number));
    if (std::none_of(relations.begin(), relations.end(), [&](const PartRelation& one) { return one.id == id; })) {
      return id;
    }
  }
}

std::string add_relations(std::string_view part, const std::vector<PartRelation>& added, std::string_view removed,
                          Dialect dialect, const Limits& limits) {
  std::string prefix;
  return edited(part.empty() ? no_relations : part, limits, [&](XmlCopy& copy, XmlToken token) {
    if (token == XmlToken::start && copy.token().depth() == 1) {
      prefix = prefix_of(copy.token().raw());
      copy.keep_open();
    } else if (token == XmlToken::start && !removed.empty() && copy.token().attribute("Id") == removed) {
      copy.skip_element();
    } else {
      if (is_root_end(copy, token)) {
        for (const PartRelation& one : added) {
          copy.put("<" + prefix + "Relationship Id=\"" + escaped(one.id) + "\" Type=\"" +
                   relation_type(dialect, one.kind) + "\" Target=\"" + escaped(one.target) + "\"/>");
        }
      }
      copy.keep();
    }
  });
}

SheetList read_sheet_list(std::string_view part, const Limits& limits) {
  SheetList list;
  edited(part, limits, [&](XmlCopy& copy, XmlToken token) {
    if (token != XmlToken::start) {
      return;
    }
    if (copy.token().depth() == 1 && copy.token().raw().find(strict_main) != std::string_view::npos) {
      list.dialect = Dialect::strict;
    }
    if (copy.starts("sheet") && copy.token().depth() == 3) {
      list.highest_id = std::max(list.highest_id, number_of(copy.token().attribute("sheetId")));
      for (const XmlAttribute& attribute : copy.token().attributes()) {
        if (attribute.name == "id" && !attribute.prefix.empty()) {
          list.relation_ids.emplace_back(attribute.value);
        }
      }
    }
  });
  return list;
}

std::string add_first_sheet(std::string_view part, const SheetList& list, const NewSheet& sheet, const Limits& limits) {
  std::size_t index = 0;
  const auto put_sheet = [&](XmlCopy& copy) {
    copy.put("<" + prefix_of(copy.token().raw()) + "sheet xmlns:r=\"" + std::string(relations_namespace(list.dialect)) +
             "\" name=\"" + escaped(sheet.title) + "\" sheetId=\"" + std::to_string(list.highest_id + 1) +
             "\" r:id=\"" + sheet.relation_id + "\"/>");
  };
  // Names that belong to a sheet know it by its place.
  const auto moved = [&](std::size_t place) {
    return std::to_string(place + 1 - (sheet.replaces && *sheet.replaces < place ? 1 : 0));
  };
  return edited(part, limits, [&](XmlCopy& copy, XmlToken token) {
    if (token != XmlToken::start || !copy.token().in_main_namespace()) {
      copy.keep();
    } else if (copy.starts("sheets")) {
      copy.keep_open();
      put_sheet(copy);
    } else if (copy.starts("sheet") && copy.token().depth() == 3 && index++ == sheet.replaces) {
      copy.skip_element();
    } else if (copy.starts("workbookView")) {
      copy.put(with_attribute(without_attribute(copy.token().raw(), "firstSheet"), "activeTab", "0"));
    } else if (const std::string_view local = copy.token().attribute("localSheetId");
               copy.starts("definedName") && local.data() != nullptr) {
      const std::size_t place = number_of(local);
      if (place == sheet.replaces) {
        copy.skip_element();
      } else {
        copy.put(with_attribute(copy.token().raw(), "localSheetId", moved(place)));
      }
    } else {
      copy.keep();
    }
  });
}

}  // namespace rehydra::codec
