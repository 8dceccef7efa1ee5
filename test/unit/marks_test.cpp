// Job: files given back with their errors: cells marked where they are, and put in where they are missing; the rest as
// it was.
#include <gtest/gtest.h>

#include "codec/marks/marked_file.h"
#include "codec/marks/xml_copy.h"
#include "sample_zip.h"
#include "vector_spill.h"
#include "zip_content.h"

namespace rehydra::codec {
namespace {

std::string marked(const std::string& file, const FileErrors& errors) {
  const auto marks = mark_file(file, errors, {}, {}, test::make_vector_spill);
  std::string all;
  for (std::string chunk; marks->next(chunk);) {
    all += chunk;
  }
  return all;
}

FileErrors at(std::vector<std::pair<std::uint32_t, std::uint32_t>> places) {
  FileErrors errors;
  for (const auto& [row, column] : places) {
    errors.kept.push_back({"S", row, column, "Header", "value", "is <wrong>", "Mend it."});
  }
  errors.count = errors.kept.size();
  return errors;
}

std::string sheet_of(const std::string& file) {
  for (const auto& [name, content] : test::read_zip(file).parts) {
    if (content.find("<worksheet") != std::string::npos && content.find("importErrors") == std::string::npos &&
        name.find("importErrors") == std::string::npos) {
      return content;
    }
  }
  return {};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Marks, ACellKeepsItsValueAndGetsAStyle) {
  const std::string file = test::make_workbook(
      test::worksheet("<row r=\"1\"><c r=\"A1\"><v>5</v></c><c r=\"B1\" t=\"str\"><v>x</v></c></row>"));
  const std::string sheet = sheet_of(marked(file, at({{1, 2}})));
  EXPECT_TRUE(has(sheet, "<c r=\"A1\"><v>5</v></c><c s=\"4\" r=\"B1\" t=\"str\"><v>x</v></c></row>")) << sheet;
  EXPECT_TRUE(has(sheet, "<legacyDrawing ")) << sheet;
}

TEST(Marks, MissingCellsAndRowsArePutInInOrder) {
  const std::string file =
      test::make_workbook(test::worksheet("<row r=\"2\"><c r=\"B2\"><v>5</v></c></row><row r=\"5\"/>"));
  const std::string sheet = sheet_of(marked(file, at({{1, 1}, {2, 1}, {2, 3}, {5, 2}, {7, 0}})));
  EXPECT_TRUE(
      has(sheet,
          "<row r=\"1\"><c r=\"A1\" s=\"4\"/></row><row r=\"2\"><c r=\"A2\" s=\"4\"/><c r=\"B2\"><v>5</v></c>"
          "<c r=\"C2\" s=\"4\"/></row><row r=\"5\"><c r=\"B5\" s=\"4\"/></row><row r=\"7\"><c r=\"A7\" s=\"4\"/>"
          "</row></sheetData>"))
      << sheet;
}

TEST(Marks, MarkedTwiceHasOneListAndTheMarksOfTheSecondTime) {
  const std::string file =
      test::make_workbook(test::worksheet("<row r=\"1\"><c r=\"A1\"><v>5</v></c><c r=\"B1\"><v>6</v></c></row>"));
  const std::string once = marked(file, at({{1, 1}, {1, 2}}));
  const std::string twice = marked(once, at({{1, 2}}));
  EXPECT_EQ(test::read_zip(once).names.size(), test::read_zip(twice).names.size());
  const std::string sheet = sheet_of(twice);
  EXPECT_FALSE(has(sheet, "<c s=\"4\" r=\"A1\"")) << sheet;
  EXPECT_TRUE(has(sheet, "<c s=\"4\" r=\"B1\"")) << sheet;
}

TEST(Marks, ADocumentGetsAMemberAndMarkedTwiceStillOne) {
  const std::string file = "{\"datasets\": {\"S\": []}}\n";
  const std::string once = marked(file, at({{1, 2}}));
  EXPECT_TRUE(once.starts_with("{\"datasets\": {\"S\": []},\n\"errors\":[")) << once;
  EXPECT_TRUE(once.ends_with("}\n")) << once;
  EXPECT_EQ(marked(once, at({{1, 2}})), once);
}

TEST(Marks, AttributesAreChangedWhateverTheirQuotes) {
  EXPECT_EQ(with_attribute("<c r='A1' s = '7'/>", "s", "8"), "<c r='A1' s = \"8\"/>");
  EXPECT_EQ(with_attribute("<x:c/>", "s", "8"), "<x:c s=\"8\"/>");
  EXPECT_EQ(without_attribute("<row r=\"1\" spans='1:3' ht=\"2\">", "spans"), "<row r=\"1\" ht=\"2\">");
  EXPECT_EQ(escaped("a<\x01&\"b"), "a&lt;\xEF\xBF\xBD&amp;&quot;b");
}

}  // namespace
}  // namespace rehydra::codec
