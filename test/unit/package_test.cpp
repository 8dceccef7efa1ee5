// Job: finding the sheets: content types, relations, workbook.xml, and what must not lead outside.
#include "codec/package.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;
using test::part;
using test::SampleEntry;
using test::workbook_parts;
using test::worksheet;

constexpr const char* office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

void replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// A workbook whose part has every `from` replaced.
std::vector<SampleEntry> changed(std::string_view name, std::string_view from, std::string_view to) {
  std::vector<SampleEntry> parts = workbook_parts(worksheet(""), test::string_table(""));
  std::string& content = part(parts, name).content;
  EXPECT_NE(content.find(from), std::string::npos);
  replace(content, from, to);
  return parts;
}

struct Opened {
  std::string file;
  WorkbookParts parts;
};

Opened open(const std::vector<SampleEntry>& parts, const Limits& limits = {}) {
  Opened opened{test::make_zip(parts), {}};
  Budget budget(limits.inflated_bytes, "rehydra.max_inflated_bytes");
  const ZipDirectory directory(opened.file, limits);
  opened.parts = read_package(directory, limits, [&](const ZipEntry& entry) {
    return std::make_unique<EntrySource>(entry, budget, Cancel{},
                                         HeldPart{limits.held_part_bytes, limits.held_part_ratio});
  });
  return opened;
}

std::string sheets(const std::vector<SampleEntry>& parts, const Limits& limits = {}) {
  std::string made;
  for (const SheetPart& sheet : open(parts, limits).parts.sheets) {
    made += sheet.title + (sheet.hidden ? "(hidden)" : "") + (sheet.has_rows ? ";" : "(no rows);");
  }
  return made;
}

std::string relation(const std::string& id, const std::string& kind, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + office + "/" + kind + "\" Target=\"" + target + "\"/>";
}

// A workbook of so many sheets, their attributes given by a function.
template <typename Attributes>
std::vector<SampleEntry> many(std::size_t count, Attributes attributes) {
  std::vector<SampleEntry> parts = workbook_parts(worksheet(""));
  std::string relations, list;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = "s" + std::to_string(i);
    relations += relation(id, "worksheet", "/xl/sheets/" + id + ".xml");
    list += "<sheet r:id=\"" + id + "\" " + attributes(i) + "/>";
    parts.push_back({.name = "xl/sheets/" + id + ".xml", .content = worksheet("")});
  }
  replace(part(parts, "xl/workbook.xml").content, "</sheets>", list + "</sheets>");
  replace(part(parts, "xl/_rels/workbook.xml.rels").content, "</Relationships>", relations + "</Relationships>");
  return parts;
}

TEST(Package, FindsSheetsInTheirOrder) {
  const auto parts = many(3, [](std::size_t i) {
    return i == 0 ? "name=\"B &amp; C\" state=\"hidden\"" : i == 1 ? "name=\"A\" state=\"veryHidden\"" : "name=\"Z\"";
  });
  EXPECT_EQ(sheets(parts), "S;B & C(hidden);A(hidden);Z;");
}

TEST(Package, ResolvesTargets) {
  for (const char* const target :
       {"/xl/worksheets/sheet1.xml", "./worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml",
        "worksheets/../worksheets/SHEET1.xml", "worksheets/sheet%31.xml"}) {
    const auto parts = changed("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", target);
    EXPECT_NE(open(parts).parts.sheets.at(0).entry, nullptr) << target;
  }
}

TEST(Package, RefusesTargetsOutside) {
  const std::string rels = "xl/_rels/workbook.xml.rels";
  for (const char* const target : {"../../x.xml", "http://example.org/x.xml", "file:///etc/passwd", "//host/x.xml"}) {
    expect_failure(
        ErrorKind::hostile_file, [&] { open(changed(rels, "worksheets/sheet1.xml", target)); }, "outside");
  }
  const std::string external = "Target=\"worksheets/sheet1.xml\" TargetMode=\"External\"";
  expect_failure(
      ErrorKind::hostile_file, [&] { open(changed(rels, "Target=\"worksheets/sheet1.xml\"", external)); }, "outside");
}

TEST(Package, ReadsOptionsAndStrictAndPrefixedSpellings) {
  EXPECT_FALSE(open(workbook_parts(worksheet(""))).parts.date1904);
  EXPECT_TRUE(open(changed("xl/workbook.xml", "<sheets>", "<workbookPr date1904=\"1\"/><sheets>")).parts.date1904);
  EXPECT_TRUE(open(changed("xl/workbook.xml", "<sheets>", "<workbookPr date1904=\"true\"/><sheets>")).parts.date1904);
  auto strict = changed("xl/workbook.xml", test::main_uri, "http://purl.oclc.org/ooxml/spreadsheetml/main");
  replace(part(strict, "xl/workbook.xml").content, office, "http://purl.oclc.org/ooxml/officeDocument/relationships");
  replace(part(strict, "_rels/.rels").content, office, "http://purl.oclc.org/ooxml/officeDocument/relationships");
  EXPECT_EQ(sheets(strict), "S;");
  auto prefixed = workbook_parts(worksheet(""));
  std::string& workbook = part(prefixed, "xl/workbook.xml").content;
  replace(workbook, "xmlns=", "xmlns:x=");
  replace(workbook, "<", "<x:");
  replace(workbook, "<x:/", "</x:");
  EXPECT_EQ(sheets(prefixed), "S;");
}

TEST(Package, KnowsSheetsWithoutRows) {
  EXPECT_EQ(sheets(changed("xl/_rels/workbook.xml.rels", "/worksheet\"", "/chartsheet\"")), "S(no rows);");
}

TEST(Package, RefusesSheetsThatAreMissingOrTheSame) {
  expect_failure(
      ErrorKind::bad_file, [] { sheets(many(1, [](std::size_t) { return "name=\"s\""; })); }, "two sheets");
  expect_failure(ErrorKind::bad_file, [] { sheets(many(1, [](std::size_t) { return ""; })); });
  expect_failure(ErrorKind::bad_file, [] { open(changed("xl/workbook.xml", "rId1", "rId9")); });
  expect_failure(ErrorKind::bad_file, [] { open(changed("xl/_rels/workbook.xml.rels", "sheet1", "sheet9")); });
  expect_failure(ErrorKind::bad_file,
                 [] { open(changed("xl/_rels/workbook.xml.rels", "sharedStrings.xml", "x.xml")); });
  expect_failure(
      ErrorKind::bad_file, [] { open(changed("xl/workbook.xml", "sheets", "cheats")); }, "no sheet");
  expect_failure(ErrorKind::hostile_file, [] { open(changed("xl/_rels/workbook.xml.rels", "rId2", "rId1")); });
  expect_failure(ErrorKind::hostile_file,
                 [] { open(changed("xl/workbook.xml", "</sheets>", "<sheet name=\"T\" r:id=\"rId1\"/></sheets>")); });
}

TEST(Package, SaysWhatOtherContainersAre) {
  expect_failure(
      ErrorKind::unsupported_file, [] { open({{.name = "a.txt", .content = "x"}}); }, "no xlsx");
  expect_failure(
      ErrorKind::unsupported_file,
      [] {
        open({{.name = "mimetype"}, {.name = "content.xml"}});
      },
      "OpenDocument");
  const auto typed = [](const char* type) {
    return changed("[Content_Types].xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                   type);
  };
  expect_failure(
      ErrorKind::unsupported_file, [&] { open(typed("application/vnd.ms-excel.sheet.binary.macroEnabled.main")); },
      "xlsb");
  expect_failure(ErrorKind::unsupported_file, [&] { open(typed("text/plain")); });
  EXPECT_EQ(sheets(typed("application/vnd.ms-excel.sheet.macroEnabled.main+xml")), "S;");
  expect_failure(ErrorKind::hostile_file, [] {
    open(changed("[Content_Types].xml", "</Types>",
                 "<Override PartName=\"/XL/workbook.xml\" ContentType=\"x\"/></Types>"));
  });
}

TEST(Package, RefusesHostileXml) {
  const char* const names[] = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"};
  for (const char* const name : names) {
    std::vector<SampleEntry> parts = workbook_parts(worksheet(""));
    std::string& content = part(parts, name).content;
    content.insert(0, "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>");
    expect_failure(
        ErrorKind::hostile_file, [&] { open(parts); }, "document type");
    content = "<a>&undefined;</a>";
    expect_failure(
        ErrorKind::bad_file, [&] { open(parts); }, "broken XML");
    content = "";
    expect_failure(
        ErrorKind::bad_file, [&] { open(parts); }, "broken XML");
  }
}

TEST(Package, HoldsItsLimits) {
  Limits limits;
  limits.sheets = 4;
  const auto title = [](std::size_t i) { return "name=\"T" + std::to_string(i) + "\""; };
  EXPECT_EQ(open(many(3, title), limits).parts.sheets.size(), 4U);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { open(many(4, title), limits); }, "rehydra.max_sheets");
  Limits narrow;
  narrow.xml_attributes = 3;
  EXPECT_EQ(sheets(workbook_parts(worksheet("")), narrow), "S;");
  narrow.xml_attributes = 2;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { open(workbook_parts(worksheet("")), narrow); }, "rehydra.max_xml_attributes");
  Limits shallow;
  shallow.xml_depth = 3;
  EXPECT_EQ(sheets(workbook_parts(worksheet("")), shallow), "S;");
  shallow.xml_depth = 2;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { open(workbook_parts(worksheet("")), shallow); }, "rehydra.max_xml_depth");
  Limits small;
  small.held_part_bytes = 100;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { open(workbook_parts(worksheet("")), small); }, "rehydra.max_held_part_bytes");
}

}  // namespace
}  // namespace rehydra::codec
