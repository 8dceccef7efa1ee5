// Job: rows and cells: types, positions, formulas, limits, and that the hot path and the tokenizer's way agree.
#include "codec/sheet_reader.h"

#include <gtest/gtest.h>

#include "core/column_name.h"
#include "failure_of.h"
#include "random_text.h"
#include "sample_zip.h"
#include "text_source.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;
using test::failure_of;
using test::TextSource;
using test::worksheet;

struct Input {
  Limits limits = {};
  std::size_t piece = SIZE_MAX;
  std::size_t window = XmlTokenizer::default_window;
};

// "1: A=n1 B=t'x' |2: ..." with a letter a kind, F for a formula; behind the cells "1=A1+1" for each of these.
std::string read(const std::string& part, const Input& input = {}) {
  SharedStrings strings(input.limits, test::make_vector_spill);
  for (const char* const text : {"zero", "one", ""}) {
    strings.add(text, false);
  }
  strings.add("", true);
  SheetReader reader(std::make_unique<TextSource>(part, input.piece), "S", input.limits, strings, input.window);
  std::string rows;
  Row row;
  while (reader.next(row)) {
    rows += std::to_string(row.number) + ":";
    for (const Cell& cell : row.cells) {
      rows += " " + std::to_string(cell.column) + "?bntde"[static_cast<int>(cell.kind)];
      rows += (cell.formula ? "F" : "") + std::string(cell.text);
    }
    for (const Formula& formula : row.formulas) {
      rows += " " + std::to_string(formula.column) + "=" + std::string(formula.text);
    }
    rows += "|";
  }
  EXPECT_FALSE(reader.next(row));
  return rows;
}

// Reads the rows as they are, in small pieces, and in a spelling that the hot path does not know.
std::string rows(const std::string& cells) {
  const std::string part = worksheet(cells);
  const std::string whole = read(part);
  EXPECT_EQ(read(part, {.piece = 1, .window = 0}), whole);
  EXPECT_EQ(read(part, {.piece = 7, .window = 0}), whole);
  std::string slow = part;
  for (std::size_t at = slow.find("<c "); at != std::string::npos; at = slow.find("<c ", at + 3)) {
    slow.insert(at + 2, "\n");
  }
  EXPECT_EQ(read(slow), whole);
  return whole;
}

void refuse(ErrorKind kind, const std::string& cells, const char* words = "", Location where = {}) {
  for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
    const auto error = failure_of([&] { read(worksheet(cells), {.piece = piece, .window = 0}); });
    ASSERT_TRUE(error) << cells;
    EXPECT_EQ(error->kind, kind) << cells << error->message;
    EXPECT_NE(error->message.find(words), std::string::npos) << error->message;
    EXPECT_EQ(error->where.sheet, "S");
    if (where.row > 0) {
      EXPECT_EQ(error->where.row, where.row) << cells;
      EXPECT_EQ(error->where.column, where.column) << cells;
    }
  }
}

TEST(SheetReader, ReadsEveryType) {
  EXPECT_EQ(
      rows(
          "<row r=\"1\"><c r=\"A1\"><v>1.5</v></c><c r=\"B1\" s=\"3\" t=\"n\"><v> 2 </v></c>"
          "<c r=\"C1\" t=\"b\"><v>1</v></c><c r=\"D1\" t=\"e\"><v>#N/A</v></c><c r=\"E1\" t=\"d\"><v>2024-01-01</v></c>"
          "<c r=\"F1\" t=\"str\"><v> s </v></c><c r=\"G1\" t=\"s\"><v>1</v></c></row>"),
      "1: 1n1.5 2n2 3b1 4e#N/A 5d2024-01-01 6t s  7tone|");
}

TEST(SheetReader, ReadsInlineStrings) {
  EXPECT_EQ(rows("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c>"
                 "<c r=\"B1\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> b </t></is></c>"
                 "<c r=\"C1\" t=\"inlineStr\"><is><r><rPr><b/></rPr><t>x</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh>"
                 "<r><t> y</t></r><phoneticPr/></is></c><c r=\"D1\" "
                 "t=\"inlineStr\"><is><t>1&lt;2&#10;_x000D_</t></is></c></row>"),
            "1: 1ta 2t b  3tx y 4t1<2\n\r|");
}

// One cell of each way in which a text may stand.
std::string texts(const std::string& text) {
  return rows("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" + text + "</t></is></c><c r=\"B1\" t=\"str\"><v>" +
              text + "</v></c></row>");
}

TEST(SheetReader, DecodesEscapedUnitsAsExcelDoes) {
  const auto both = [](const std::string& text) { return "1: 1t" + text + " 2t" + text + "|"; };
  EXPECT_EQ(texts("a_x000D_b_x0041_"), both("a\rbA"));
  EXPECT_EQ(texts("_x005F_x000D_"), both("_x000D_"));
  EXPECT_EQ(texts("__x20AC__x"), both("_\xE2\x82\xAC_x"));
  EXPECT_EQ(texts("_xD83E__xDD8A_"), both("\xF0\x9F\xA6\x8A"));
  for (const char* const plain :
       {"_xD83E_", "_xDD8A__xD83E_", "_xD83E__x0041", "_X000D_", "_x00D_", "_x000G_", "_x000D"}) {
    EXPECT_EQ(texts(plain), both(plain));
  }
}

TEST(SheetReader, CountsWhatEscapedUnitsStandFor) {
  Limits limits;
  limits.cell_units = 10;
  const auto cell = [](const std::string& text) {
    return worksheet("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" + text + "</t></is></c></row>");
  };
  const std::string nine = "_x000D__x000D__x000D__x000D__x000D__x000D__x000D__x000D__x000D_";
  EXPECT_EQ(read(cell(nine + "a"), {.limits = limits}), "1: 1t\r\r\r\r\r\r\r\r\ra|");
  for (const std::string& more : {nine + "ab", nine + nine, std::string(11, 'a'), std::string(71, 'a')}) {
    expect_failure(
        ErrorKind::limit_exceeded, [&] { read(cell(more), {.limits = limits}); }, "rehydra.max_cell_units");
  }
}

TEST(SheetReader, DecodesEscapedUnitsOfSharedStrings) {
  const Limits limits;
  SharedStrings strings(limits, test::make_vector_spill);
  strings.add("_x0041__x005F_x0042_", false);
  SheetReader reader(std::make_unique<TextSource>(worksheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>")),
                     "S", limits, strings);
  Row row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.cells.at(0).text, "A_x0042_");
}

TEST(SheetReader, LeavesBlanksOut) {
  EXPECT_EQ(
      rows("<row r=\"1\"><c r=\"A1\" s=\"1\"/><c r=\"B1\"></c><c r=\"C1\"><v></v></c><c r=\"D1\" t=\"s\"><v>2</v></c>"
           "<c r=\"E1\" t=\"inlineStr\"><is><t></t></is></c></row><row r=\"2\"/><row r=\"3\"><c "
           "r=\"B3\"><v>1</v></c></row>"),
      "3: 2n1|");
}

TEST(SheetReader, MarksFormulas) {
  EXPECT_EQ(
      rows(
          "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c><c r=\"B1\"><f>X</f></c><c r=\"C1\" t=\"str\"><f/><v></v></c>"
          "<c r=\"D1\" t=\"str\"><f>\"x\"</f><v>x</v></c><c r=\"E1\"><v>1</v><f t=\"shared\" si=\"0\"/></c></row>"),
      "1: 1nF2 2?F 3?F 4tFx 5nF1 1=1+1 2=X 3= 4=\"x\" 5=|");
}

TEST(SheetReader, TakesTruthValuesThatLibreOfficeSavesAsFormulas) {
  EXPECT_EQ(rows("<row r=\"1\"><c r=\"A1\" t=\"b\"><f aca=\"false\">TRUE()</f><v>1</v></c>"
                 "<c r=\"B1\" t=\"n\"><f>FALSE()</f><v>0</v></c><c r=\"C1\" t=\"b\"><f>TRUE()+0</f><v>1</v></c></row>"),
            "1: 1b1 2b0 3bF1 3=TRUE()+0|");
}

TEST(SheetReader, ImpliesPositions) {
  EXPECT_EQ(
      rows("<row><c><v>1</v></c><c t=\"s\"><v>0</v></c></row><row r=\"5\"><c r=\"C5\"><v>2</v></c><c><v>3</v></c></row>"
           "<row><c><v>4</v></c></row>"),
      "1: 1n1 2tzero|5: 3n2 4n3|6: 1n4|");
}

TEST(SheetReader, PassesOverWhatIsNoCell) {
  const std::string part =
      "<x:worksheet xmlns:x=\"" + std::string(test::main_uri) +
      "\" xmlns:y=\"u\"><x:sheetViews><x:sheetView/></x:sheetViews><x:sheetData>\n"
      "<y:row><y:c/></y:row><x:row r=\"1\">\n<y:c/><x:c r=\"A1\"><y:v>9</y:v><x:v>1</x:v><x:extLst/></x:c>"
      "</x:row><x:extLst/></x:sheetData><x:hyperlinks/></x:worksheet>";
  EXPECT_EQ(read(part), "1: 1n1|");
  EXPECT_EQ(read(part, {.piece = 1, .window = 0}), "1: 1n1|");
  EXPECT_EQ(read("<worksheet xmlns=\"" + std::string(test::main_uri) + "\"/>"), "");
}

TEST(SheetReader, RefusesPlacesOutOfOrder) {
  refuse(ErrorKind::bad_file, "<row r=\"2\"/><row r=\"2\"/>", "twice");
  refuse(ErrorKind::bad_file, "<row r=\"2\"/><row r=\"1\"/>");
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>", "order", {"", 1, 1, ""});
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"B1\"/><c r=\"B1\"/></row>", "twice", {"", 1, 2, ""});
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"A2\"/></row>");
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"A01\"/></row>");
  for (const char* const reference : {"", "1", "A", "a1", "A1x", "$A$1", "AAAA1", "A-1"}) {
    refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"" + std::string(reference) + "\"><v>1</v></c></row>");
  }
}

TEST(SheetReader, RefusesPlacesThatNoSheetHas) {
  EXPECT_EQ(rows("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"), "1048576: 16384n1|");
  refuse(ErrorKind::bad_file, "<row r=\"1048577\"/>");
  refuse(ErrorKind::bad_file, "<row r=\"1048576\"/><row/>");
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"XFE1\"/></row>");
  refuse(ErrorKind::bad_file, "<row r=\"1\"><c r=\"XFD1\"/><c/></row>");
  for (const char* const number : {"0", "-1", "x", "", "1.5", "99999999999999999999"}) {
    refuse(ErrorKind::bad_file, "<row r=\"" + std::string(number) + "\"/>");
  }
}

TEST(SheetReader, RefusesCellsThatMeanNothing) {
  const auto cell = [](const std::string& cell) { return "<row r=\"1\">" + cell + "</row>"; };
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\" t=\"x\"><v>1</v></c>"), "type", {"", 1, 1, ""});
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\" t=\"s\"><v>4</v></c>"), "shared string");
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\" t=\"s\"><v>-1</v></c>"));
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\" t=\"s\"><v>1.0</v></c>"));
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\" t=\"b\"><v>2</v></c>"));
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\"><v>1</v><v>2</v></c>"));
  refuse(ErrorKind::bad_file, cell("<c r=\"A1\">x</c>"));
  refuse(ErrorKind::bad_file, cell("x"));
  refuse(ErrorKind::bad_file, "x");
  expect_failure(ErrorKind::bad_file, [] { read("<sst/>"); });
  expect_failure(ErrorKind::bad_file, [] { read("<worksheet/>"); });
  const std::string twice =
      "<worksheet xmlns=\"" + std::string(test::main_uri) + "\"><sheetData/><sheetData/></worksheet>";
  expect_failure(ErrorKind::bad_file, [&] { read(twice); });
}

TEST(SheetReader, HoldsTheLimitOfCellUnits) {
  // U+1F600 counts twice, U+20AC once.
  for (const std::string unit : {"x", "\xE2\x82\xAC", "&lt;"}) {
    const auto inline_cell = [&](std::size_t units) {
      std::string text;
      for (std::size_t i = 0; i < units; ++i) {
        text += unit;
      }
      return "<row r=\"1\"><c r=\"B1\" t=\"inlineStr\"><is><t>" + text + "</t></is></c></row>";
    };
    EXPECT_GT(rows(inline_cell(32'767)).size(), 32'767U);
    refuse(ErrorKind::limit_exceeded, inline_cell(32'768), "cell B1", {"", 1, 2, ""});
  }
  std::string pairs;
  for (int i = 0; i < 16'384; ++i) {
    pairs += "\xF0\x9F\x98\x80";
  }
  refuse(ErrorKind::limit_exceeded, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>" + pairs + "</v></c></row>",
         "rehydra.max_cell_units");
  refuse(ErrorKind::limit_exceeded, "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c></row>", "cell A1");
}

TEST(SheetReader, HoldsTheLimitOfColumns) {
  Input input;
  input.limits.columns = 2;
  EXPECT_EQ(read(worksheet("<row r=\"1\"><c r=\"B1\"><v>1</v></c></row>"), input), "1: 2n1|");
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read(worksheet("<row r=\"1\"><c r=\"C1\"><v>1</v></c></row>"), input); },
      "rehydra.max_columns");
}

TEST(SheetReader, HoldsALimitOfRowBytes) {
  Input input;
  input.limits.shared_string_bytes = 100'000;
  std::string cells;
  for (int i = 0; i < 50; ++i) {
    cells += "<c t=\"str\"><v>" + std::string(10'000, 'x') + "</v></c >";
  }
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read(worksheet("<row>" + cells + "</row>"), input); },
      "rehydra.max_shared_string_bytes");
}

TEST(SheetReader, PassesOverAMillionBlankRows) {
  std::string blanks = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
  for (int row = 2; row <= 1'000'000; ++row) {
    const std::string number = std::to_string(row);
    blanks += "<row r=\"" + number + "\" s=\"1\" customFormat=\"1\"><c r=\"A" + number + "\" s=\"1\"/></row>";
  }
  EXPECT_EQ(read(worksheet(blanks)), "1: 1n1|");
}

TEST(SheetReader, ReadsRowsAcrossWindows) {
  std::string cells;
  std::string expected;
  for (int row = 1; row <= 3'000; ++row) {
    const std::string number = std::to_string(row);
    cells += "<row r=\"" + number + "\"><c r=\"A" + number + "\"><v>" + number + "</v></c><c r=\"B" + number +
             "\" t=\"inlineStr\"><is><t>text " + number + "</t></is></c><c r=\"C" + number +
             "\" t=\"s\"><v>1</v></c></row>";
    expected += number + ": 1n" + number + " 2ttext " + number + " 3tone|";
  }
  for (const std::size_t window : {0, 3'000, 5'001, 128 << 10}) {
    EXPECT_EQ(read(worksheet(cells), {.window = window}), expected);
  }
}

// What a column's last cell looked like predicts the next: changed types, styles and attributes, missing cells, wrong
// numbers of rows and texts that only look like markup must all be seen.
std::string cell_at_random(test::RandomText& random, const std::string& reference) {
  const std::string style = random.number(2) == 0 ? "" : " s=\"" + std::to_string(random.number(12)) + "\"";
  const std::string text = std::string(random.number(40), 'x') + (random.number(9) == 0 ? "&amp;" : "");
  switch (random.number(8)) {
    case 0:
      return "<c r=\"" + reference + "\"" + style + "/>";
    case 1:
      return "<c r=\"" + reference + "\"" + style + " t=\"inlineStr\"><is><t xml:space=\"preserve\">" + text +
             "</t></is></c>";
    case 2:
      return "<c r=\"" + reference + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
    case 3:
      return "<c" + style + " r=\"" + reference + "\" t=\"str\"><v>" + text + "</v></c>";
    case 4:
      return "<c r=\"" + reference + "\" t=\"b\"><v>" + std::to_string(random.number(2)) + "</v></c>";
    case 5:
      return "<c r=\"" + reference + "\"" + style + "><v> " + std::to_string(random.number(1'000'000)) + " </v></c>";
    default:
      return "<c r=\"" + reference + "\"" + style + "><v>" + std::to_string(random.number(1'000'000'000)) + "</v></c>";
  }
}

TEST(SheetReader, ReadsACellUnlikeTheOneAboveIt) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    test::RandomText random(seed);
    std::string part;
    for (std::uint64_t row = 1; row <= 40; row += 1 + random.number(60)) {
      part += "<row r=\"" + std::to_string(row) + (random.number(9) == 0 ? "\" ht=\"9\">" : "\">");
      for (std::uint32_t column = 1; column <= 300; column += random.number(8) == 0 ? 1 + random.number(60) : 1) {
        part += cell_at_random(random, column_name(column) + std::to_string(row));
      }
      part += random.number(9) == 0 ? "</row >" : "</row>";
    }
    ASSERT_FALSE(rows(part).empty()) << seed;
  }
}

TEST(SheetReader, RefusesWhatThePredictionMustNotTake) {
  const std::string above = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>";
  // Predictions are made only where a whole head may still stand in the window.
  const std::string below = "<row r=\"9\"><c r=\"A9\" t=\"str\"><v>" + std::string(200, 'x') + "</v></c></row>";
  refuse(ErrorKind::bad_file, above + "<row r=\"2\"><c r=\"A3\"><v>1</v></c></row>" + below, "another place",
         {"S", 2, 0, {}});
  refuse(ErrorKind::bad_file, above + "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"B2\"><v>1</v></c></row>" + below,
         "twice", {"S", 2, 2, {}});
  refuse(ErrorKind::bad_file, above + "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>" + below, "this row twice");
  refuse(ErrorKind::bad_file, above + "<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>" + below, "no sheet has");
  refuse(ErrorKind::bad_file, above + "<row r=\"2\"><c r=\"A2\"><v>1]]></v></c></row>" + below, "CDATA");
  refuse(ErrorKind::bad_file, above + "<row r=\"2\"><c r=\"A2\"><v>1</v></c></rows>" + below, "do not match");
}

// A namespace that a row declares is gone with its end.
TEST(SheetReader, ForgetsTheNamespacesOfARow) {
  const std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const std::string row = "<row xmlns=\"" + main + "\" r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
  const std::string next = "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
  EXPECT_EQ(read("<m:worksheet xmlns:m=\"" + main + "\"><m:sheetData>" + row + next + "</m:sheetData></m:worksheet>"),
            "1: 1n1|");
}

}  // namespace
}  // namespace rehydra::codec
