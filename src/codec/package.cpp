// Job: read [Content_Types].xml, the relations and workbook.xml.
// Callers: the workbook reader.
// Promise: sheets have different titles and different parts; limits.sheets holds before they are kept.
#include "codec/package.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "codec/relations.h"
#include "codec/small_xml.h"
#include "codec/xml_namespaces.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view content_types_part = "[Content_Types].xml";
constexpr std::string_view content_types_uri = "http://schemas.openxmlformats.org/package/2006/content-types";

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return made;
}

[[noreturn]] void bad_file(std::string message) {
  throw Failure(ErrorKind::bad_file, std::move(message), "Open the file in a spreadsheet program and save it as xlsx.");
}

[[noreturn]] void no_workbook(const ZipDirectory& directory) {
  throw Failure(ErrorKind::unsupported_file,
                directory.find("mimetype") != nullptr ? "the file is an OpenDocument file, not an xlsx workbook"
                                                      : "the file is a zip container, but no xlsx workbook",
                "Open the file in a spreadsheet program and save it as xlsx.");
}

class ContentTypes {
 public:
  ContentTypes(const ZipDirectory& directory, const Limits& limits, const OpenHeldPart& open) {
    const ZipEntry* const entry = directory.find(content_types_part);
    if (entry == nullptr) {
      no_workbook(directory);
    }
    read_small_part(*open(*entry), content_types_part, limits, [this](const SmallElement& element) { add(element); });
  }

  std::string_view type_of(std::string_view part) const {
    const std::string key = lower(part);
    if (const auto found = by_part_.find(key); found != by_part_.end()) {
      return found->second;
    }
    const auto found = by_extension_.find(key.substr(key.rfind('.') + 1));
    return found == by_extension_.end() ? std::string_view() : std::string_view(found->second);
  }

 private:
  void add(const SmallElement& element) {
    if (element.uri != content_types_uri) {
      return;
    }
    const std::string type = lower(element.attribute("ContentType"));
    bool fresh = true;
    if (element.name == "Override") {
      const std::string_view part = element.attribute("PartName");
      fresh = by_part_.emplace(lower(part.substr(part.starts_with('/') ? 1 : 0)), type).second;
    } else if (element.name == "Default") {
      fresh = by_extension_.emplace(lower(element.attribute("Extension")), type).second;
    }
    if (!fresh) {
      throw Failure(ErrorKind::hostile_file, "the workbook gives one of its parts two types",
                    "Open the file in a spreadsheet program and save it again.");
    }
  }

  std::unordered_map<std::string, std::string> by_part_;
  std::unordered_map<std::string, std::string> by_extension_;
};

void check_workbook_type(const ZipDirectory& directory, std::string_view type) {
  if (type == "application/vnd.ms-excel.sheet.binary.macroenabled.main") {
    throw Failure(ErrorKind::unsupported_file, "the file is a binary workbook (xlsb)",
                  "Open the file in a spreadsheet program and save it as xlsx.");
  }
  constexpr std::string_view workbook_types[] = {
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
      "application/vnd.ms-excel.sheet.macroenabled.main+xml",
      "application/vnd.ms-excel.template.macroenabled.main+xml"};
  if (std::find(std::begin(workbook_types), std::end(workbook_types), type) == std::end(workbook_types)) {
    no_workbook(directory);
  }
}

bool is_relation_id(const SmallElement::Attribute& attribute) {
  return attribute.name == "id" &&
         (attribute.uri == "http://schemas.openxmlformats.org/officeDocument/2006/relationships" ||
          attribute.uri == "http://purl.oclc.org/ooxml/officeDocument/relationships");
}

class SheetList {
 public:
  SheetList(const ZipDirectory& directory, const Limits& limits, const Relations& relations, WorkbookParts& parts)
      : directory_(directory), limits_(limits), relations_(relations), parts_(parts) {}

  void add(const SmallElement& element) {
    if (!XmlNamespaces::is_main_uri(element.uri)) {
      return;
    }
    if (element.name == "workbookPr" && element.parent == "workbook") {
      const std::string_view value = element.attribute("date1904");
      parts_.date1904 = value == "1" || value == "true";
    } else if (element.name == "sheet" && element.parent == "sheets") {
      add_sheet(element);
    }
  }

 private:
  void add_sheet(const SmallElement& element) {
    if (parts_.sheets.size() == limits_.sheets) {
      throw Failure(
          ErrorKind::limit_exceeded,
          "the workbook has more than the " + std::to_string(limits_.sheets) + " sheets that rehydra.max_sheets allows",
          "Raise rehydra.max_sheets, or remove sheets from the workbook.");
    }
    const Relation& relation = relation_of(element);
    SheetPart sheet;
    sheet.title = element.attribute("name");
    sheet.hidden = element.attribute("state") == "hidden" || element.attribute("state") == "veryHidden";
    sheet.has_rows = relation.kind == "worksheet";
    sheet.entry = directory_.find(relation.target);
    if (sheet.entry == nullptr) {
      bad_file("the workbook does not hold its sheet \"" + sheet.title + "\"");
    }
    if (sheet.title.empty() || !titles_.insert(lower(sheet.title)).second) {
      bad_file("the workbook has two sheets with the title \"" + sheet.title + "\", or one without a title");
    }
    if (!entries_.insert(sheet.entry).second) {
      throw Failure(ErrorKind::hostile_file, "two sheets of the workbook are the same part",
                    "Open the file in a spreadsheet program and save it again.");
    }
    parts_.sheets.push_back(std::move(sheet));
  }

  const Relation& relation_of(const SmallElement& element) const {
    for (const SmallElement::Attribute& attribute : element.attributes) {
      const Relation* const relation = is_relation_id(attribute) ? relations_.by_id(attribute.value) : nullptr;
      if (relation != nullptr) {
        return *relation;
      }
    }
    bad_file("the workbook does not say where one of its sheets is");
  }

  const ZipDirectory& directory_;
  const Limits& limits_;
  const Relations& relations_;
  WorkbookParts& parts_;
  std::unordered_set<std::string> titles_;
  std::unordered_set<const ZipEntry*> entries_;
};

}  // namespace

WorkbookParts read_package(const ZipDirectory& directory, const Limits& limits, const OpenHeldPart& open) {
  const ContentTypes types(directory, limits, open);
  const Relations roots(directory, limits, open, {});
  const Relation* const root = roots.by_kind("officeDocument");
  const ZipEntry* const workbook = root == nullptr ? nullptr : directory.find(root->target);
  if (workbook == nullptr) {
    no_workbook(directory);
  }
  check_workbook_type(directory, types.type_of(root->target));
  const Relations relations(directory, limits, open, root->target);
  WorkbookParts parts;
  parts.workbook = workbook;
  SheetList list(directory, limits, relations, parts);
  read_small_part(*open(*workbook), root->target, limits, [&](const SmallElement& element) { list.add(element); });
  if (parts.sheets.empty()) {
    bad_file("the workbook has no sheet");
  }
  if (const Relation* const strings = relations.by_kind("sharedStrings")) {
    parts.shared_strings = directory.find(strings->target);
    if (parts.shared_strings == nullptr) {
      bad_file("the workbook does not hold its shared strings");
    }
  }
  if (const Relation* const styles = relations.by_kind("styles")) {
    parts.styles = directory.find(styles->target);
  }
  return parts;
}

}  // namespace rehydra::codec
