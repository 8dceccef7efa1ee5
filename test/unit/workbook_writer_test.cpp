// Job: the workbook as a zip of parts: sheets in place, rows spliced, filters and dimensions right, bytes reproducible.
// Covers: codec/workbook_writer.h, codec/sheet_splice.h, codec/frame.
#include "codec/workbook_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>
#include <functional>

#include "codec/frame/frame.h"
#include "codec/frame/frame_parts.h"
#include "codec/sheet_splice.h"
#include "core/error.h"
#include "vector_spill.h"
#include "zip_content.h"

namespace rehydra::codec {
namespace {

SheetColumn column(const char* header, ColumnClass kind) {
  SheetColumn made;
  made.header = header;
  made.type.kind = kind;
  return made;
}

WorkbookSpec specification(std::uint64_t rows = 2) {
  WorkbookSpec spec;
  spec.title = "Title <&> \x01";
  spec.created_unix = 1'700'000'000;
  spec.overview.facts = {{"Customer", "Acme"}};
  spec.overview.lines = {{"Accounts", rows, "It's", "a note"}};
  spec.sheets = {{"It's",
                  SheetKind::data,
                  {column("ID", ColumnClass::integer), column("At", ColumnClass::timestamptz)},
                  rows,
                  "FF0000"},
                 {"Empty", SheetKind::data, {column("ID", ColumnClass::integer)}, 0, ""},
                 {"Export Metadata", SheetKind::lines, {column("", ColumnClass::text)}, 0, ""},
                 {"_rehydra", SheetKind::hidden, {column("", ColumnClass::text)}, 0, ""}};
  spec.sheets[0].columns[1].display_only = true;
  return spec;
}

void write_lines(WorkbookWriter& writer, std::size_t sheet, const std::vector<std::string>& lines) {
  writer.begin_sheet(sheet);
  for (const std::string& line : lines) {
    writer.row().begin();
    writer.row().text(line);
    writer.row().end();
  }
  writer.end_sheet();
}

std::string workbook(std::uint64_t rows = 2, std::size_t take = std::string::npos) {
  WorkbookWriter writer(specification(rows), Cancel(), test::make_vector_spill);
  std::string bytes;
  const auto consume = [&] {
    const std::string_view chunk = writer.output().substr(0, take);
    bytes += chunk;
    writer.consume(chunk.size());
  };
  write_lines(writer, 3, {"{}"});
  writer.begin_sheet(0);
  for (std::uint64_t i = 0; i < rows; ++i) {
    writer.row().begin();
    writer.row().integer(static_cast<std::int64_t>(i));
    writer.row().timestamp(1'000'000);
    writer.row().end();
    consume();
  }
  writer.end_sheet();
  write_lines(writer, 2, {"Title", "", std::string(40'000, 'x')});
  writer.finish();
  while (!writer.output().empty()) {
    consume();
  }
  return bytes;
}

const std::string& sheet(const test::ZipContent& zip, int number) {
  return zip.parts.at("xl/worksheets/sheet" + std::to_string(number) + ".xml");
}

bool contains(const std::string& text, std::string_view wanted) {
  return text.find(wanted) != std::string::npos;
}

TEST(WorkbookWriter, SheetsStandInOrderAndTheHiddenOnesAreHidden) {
  const test::ZipContent zip = test::read_zip(workbook());
  EXPECT_EQ(zip.names.front(), "[Content_Types].xml");
  EXPECT_EQ(zip.names.size(), zip.parts.size());
  const std::string& book = zip.parts.at("xl/workbook.xml");
  std::size_t at = 0;
  for (const char* name :
       {"\"Overview\"", "\"It's\"", "\"Empty\"", "\"Export Metadata\"", "\"_rehydra\" sheetId=\"5\" state=\"hidden\"",
        "\"_overflow\" sheetId=\"6\" state=\"hidden\""}) {
    const std::size_t found = book.find(name, at);
    ASSERT_NE(found, std::string::npos) << name;
    at = found;
  }
}

TEST(WorkbookWriter, RowsFollowTheHeader) {
  const test::ZipContent zip = test::read_zip(workbook());
  const std::string& data = sheet(zip, 2);
  EXPECT_TRUE(contains(data, "</row><row r=\"2\"><c r=\"A2\" s=\""));
  EXPECT_TRUE(contains(data, "<v>36526.0000115741</v></c></row></sheetData>"));
  EXPECT_TRUE(contains(data, "<dimension ref=\"A1:B3\"/>"));
  EXPECT_TRUE(contains(data, "<autoFilter ref=\"A1:B3\"/>"));
  EXPECT_TRUE(contains(data, "state=\"frozen\""));
  EXPECT_TRUE(contains(zip.parts.at("xl/workbook.xml"), "'It''s'!$A$1:$B$3"));
  EXPECT_TRUE(contains(zip.parts.at("xl/comments1.xml"), "Times are in UTC."));
  EXPECT_TRUE(contains(zip.parts.at("xl/comments1.xml"), "changes in this column are ignored"));
}

TEST(WorkbookWriter, OtherSheetsAreWhole) {
  const test::ZipContent zip = test::read_zip(workbook());
  EXPECT_TRUE(contains(sheet(zip, 3), "<row r=\"1\""));
  EXPECT_TRUE(contains(sheet(zip, 3), "<autoFilter ref=\"A1:A2\"/>"));
  EXPECT_TRUE(contains(sheet(zip, 4), "<sheetData><row r=\"1\">"));
  EXPECT_TRUE(contains(sheet(zip, 4), "<row r=\"2\"></row>"));
  EXPECT_FALSE(contains(sheet(zip, 4), "<dimension"));
  EXPECT_TRUE(contains(sheet(zip, 5), ">{}</t>"));
  EXPECT_TRUE(contains(sheet(zip, 6), "<row r=\"3\"><c r=\"A3\""));
  EXPECT_FALSE(contains(sheet(zip, 6), "<row r=\"4\">"));
  EXPECT_TRUE(contains(sheet(zip, 1), "location=\"'It''s'!A1\""));
  EXPECT_TRUE(contains(zip.parts.at("docProps/core.xml"), "2023-11-14T22:13:20Z"));
  for (const auto& [name, bytes] : zip.parts) {
    EXPECT_TRUE(frame::is_complete(bytes)) << name;
  }
}

// The text of the first cell whose value stands in the table of strings.
std::string first_string(const test::ZipContent& zip, const std::string& part) {
  const std::string& strings = zip.parts.at("xl/sharedStrings.xml");
  const std::string mark = "t=\"s\"><v>";
  std::size_t at = 0;
  for (int left = std::stoi(part.substr(part.find(mark) + mark.size())); left >= 0; --left) {
    at = strings.find("<t", at + 1);
  }
  at = strings.find('>', at) + 1;
  return strings.substr(at, strings.find('<', at) - at);
}

// The rows of "It's" are not announced; the chart's point is known only behind them.
std::string counted_workbook() {
  WorkbookSpec spec = specification();
  spec.sheets[0].rows.reset();
  spec.overview.lines[0].rows = 0;
  spec.overview.charts = {{"Chart", ChartKind::pie, {{"ID", 1}}}};
  WorkbookWriter writer(spec, Cancel(), test::make_vector_spill);
  writer.begin_sheet(0);
  for (int i = 0; i < 3; ++i) {
    writer.row().begin();
    writer.row().integer(i);
    writer.row().end();
  }
  writer.end_sheet();
  Overview overview = spec.overview;
  overview.facts[0].second = "Two";
  overview.lines[0].rows = 3;
  overview.charts[0].points = {{"Zweite", 7}, {"Dritte", 8}};
  writer.show(overview);
  writer.finish();
  return std::string(writer.output());
}

TEST(WorkbookWriter, RowsThatWereNotAnnouncedAreCounted) {
  const test::ZipContent zip = test::read_zip(counted_workbook());
  const std::string& data = sheet(zip, 2);
  EXPECT_FALSE(contains(data, "<dimension"));
  EXPECT_TRUE(contains(data, "<autoFilter ref=\"A1:B4\"/>"));
  EXPECT_TRUE(contains(data, "<legacyDrawing"));
  EXPECT_TRUE(contains(zip.parts.at("xl/workbook.xml"), "'It''s'!$A$1:$B$4"));
  EXPECT_TRUE(contains(zip.parts.at("xl/comments1.xml"), "Times are in UTC."));
  EXPECT_TRUE(contains(sheet(zip, 3), "<autoFilter ref=\"A1:A2\"/>"));
  EXPECT_EQ(first_string(zip, data), "ID");
  EXPECT_EQ(first_string(zip, sheet(zip, 6)), "Text");
}

TEST(WorkbookWriter, ShowsWhatIsKnownBehindTheRows) {
  const test::ZipContent zip = test::read_zip(counted_workbook());
  EXPECT_TRUE(contains(sheet(zip, 1), "<v>3</v>"));
  EXPECT_TRUE(contains(zip.parts.at("xl/sharedStrings.xml"), "Two"));
  EXPECT_FALSE(contains(zip.parts.at("xl/sharedStrings.xml"), "Acme"));
  EXPECT_EQ(first_string(zip, sheet(zip, 7)), "Zweite");
  EXPECT_TRUE(contains(sheet(zip, 7), "<v>8</v>"));
  EXPECT_TRUE(contains(zip.parts.at("xl/charts/chart1.xml"), "_charts!$A$1:$A$2"));
  for (const std::string& name : zip.names) {
    if (name.ends_with(".xml") && name.starts_with("xl/")) {
      EXPECT_TRUE(contains(zip.parts.at("[Content_Types].xml"), "\"/" + name + "\"")) << name;
    }
  }
}

TEST(WorkbookWriter, RefusesAChartThatWasNotAnnounced) {
  WorkbookWriter writer(specification(0), Cancel(), test::make_vector_spill);
  Overview overview;
  overview.charts = {{"Chart", ChartKind::pie, {{"a", 1}}}};
  writer.show(overview);
  EXPECT_THROW(writer.finish(), Failure);
}

TEST(WorkbookWriter, EqualRowsMakeEqualBytesHoweverTheyAreTaken) {
  const std::string whole = workbook(5'000);
  EXPECT_EQ(workbook(5'000), whole);
  EXPECT_EQ(workbook(5'000, 100), whole);
}

TEST(WorkbookWriter, MemoryDoesNotFollowTheRows) {
  WorkbookWriter writer(specification(200'000), Cancel(), test::make_vector_spill);
  writer.begin_sheet(0);
  std::size_t most = 0;
  for (int i = 0; i < 200'000; ++i) {
    writer.row().begin();
    writer.row().integer(i);
    writer.row().timestamp(i);
    writer.row().end();
    most = std::max(most, writer.output().size());
    writer.consume(writer.output().size());
  }
  writer.end_sheet();
  EXPECT_LT(most, 256U << 10);
}

TEST(WorkbookWriter, RefusesAnotherNumberOfRowsThanAnnounced) {
  WorkbookWriter few(specification(), Cancel(), test::make_vector_spill);
  few.begin_sheet(0);
  EXPECT_THROW(few.begin_sheet(1), Failure);
  EXPECT_THROW(few.end_sheet(), Failure);
  WorkbookWriter none(specification(), Cancel(), test::make_vector_spill);
  EXPECT_THROW(none.finish(), Failure);
  EXPECT_THROW(none.begin_sheet(17), Failure);
}

TEST(WorkbookWriter, CanBeCancelled) {
  WorkbookWriter writer(specification(), Cancel([]() noexcept { return true; }), test::make_vector_spill);
  writer.begin_sheet(0);
  EXPECT_THROW(writer.end_sheet(), Failure);
}

TEST(WorkbookWriter, RefusesWhatNoSheetCanBe) {
  const auto refuses = [](const std::function<void(WorkbookSpec&)>& change) {
    WorkbookSpec spec = specification();
    change(spec);
    EXPECT_THROW(WorkbookWriter(spec, Cancel(), test::make_vector_spill), Failure);
  };
  refuses([](WorkbookSpec& spec) { spec.sheets[0].title = "a/b"; });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].title = "OVERVIEW"; });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].title = "_overflow"; });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].columns.clear(); });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].columns[0].header = "\"quoted\""; });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].columns[0].header = std::string(40'000, 'x'); });
  refuses([](WorkbookSpec& spec) { spec.sheets[0].tab_color = "red"; });
  refuses([](WorkbookSpec& spec) { spec.temporary_directories = {"/nonexistent"}; });
  refuses([](WorkbookSpec& spec) {
    spec.temporary_directories = {"/tmp", "/nonexistent"};
    spec.sheets[0].title = "a/b";
  });
}

TEST(Frame, IsDrawnInTheNextDirectoryWhereOneFails) {
  WorkbookSpec spec = specification();
  spec.temporary_directories = {"/nonexistent", "/dev/full", "/tmp"};
  EXPECT_FALSE(frame::draw(spec).parts.empty());
  spec.temporary_directories = {"/tmp", "/nonexistent"};
  EXPECT_FALSE(frame::draw(spec).parts.empty());
}

TEST(Frame, LeavesTheLocaleAlone) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const frame::Frame drawn = frame::draw(specification());
  EXPECT_EQ(before, std::setlocale(LC_ALL, nullptr));
  EXPECT_EQ(drawn.styles.size(), 4U);
}

TEST(Frame, HasTheSamePartsInBothDrawingsButForComments) {
  std::vector<std::string> before;
  for (const frame::Part& part : frame::draw(specification()).parts) {
    if (part.name.find("omments") == std::string::npos && part.name.find("vmlDrawing") == std::string::npos &&
        part.name.find("sheet2.xml.rels") == std::string::npos) {
      before.push_back(part.name);
    }
  }
  std::vector<std::string> after;
  for (const frame::Part& part : frame::redraw(specification())) {
    after.push_back(part.name);
  }
  EXPECT_EQ(after, before);
}

TEST(SheetSplice, LetsTheFilterReachOverTheRows) {
  std::string tail = "</sheetData><autoFilter ref=\"A1:AB2\"/><x ref=\"A1:B2\"/>";
  filter_rows(tail, 1'048'575);
  EXPECT_EQ(tail, "</sheetData><autoFilter ref=\"A1:AB1048576\"/><x ref=\"A1:B2\"/>");
  filter_rows(tail, 0);
  EXPECT_EQ(tail, "</sheetData><autoFilter ref=\"A1:AB2\"/><x ref=\"A1:B2\"/>");
  tail = "</sheetData>";
  EXPECT_THROW(filter_rows(tail, 1), Failure);
}

TEST(FrameParts, CompleteMeansTheRootIsClosed) {
  EXPECT_TRUE(frame::is_complete("<?xml version=\"1.0\"?>\n<a x=\"1\"><b/></a>\n"));
  EXPECT_TRUE(frame::is_complete("<a></a>"));
  for (const char* part : {"", "<", "<?xml", "<?xml version=\"1.0\"?>", "<a>", "<a></b>", "<a><b></b>", "text"}) {
    EXPECT_FALSE(frame::is_complete(part)) << part;
  }
}

TEST(FrameParts, RefusesNoZip) {
  EXPECT_THROW(frame::read_parts("/dev/null"), Failure);
}

TEST(SheetSplice, CutsWhereRowsGo) {
  SheetSplice splice = cut_sheet("<w><dimension ref=\"A1\"/><sheetData><row/></sheetData><x/></w>", false);
  EXPECT_EQ(splice.head, "<w><sheetData><row/>");
  EXPECT_EQ(splice.tail, "</sheetData><x/></w>");
  splice = cut_sheet("<w><dimension ref=\"A1\"/><sheetData/></w>", true);
  EXPECT_EQ(splice.head, "<w><dimension ref=\"A1\"/><sheetData>");
  EXPECT_EQ(splice.tail, "</sheetData></w>");
  EXPECT_THROW(cut_sheet("<w/>", true), Failure);
}

}  // namespace
}  // namespace rehydra::codec
