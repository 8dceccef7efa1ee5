// Job: csv bundles: what the writer wrote, the reader reads; nothing a spreadsheet executes; strict quotes.
// Covers: codec/csv.
#include <gtest/gtest.h>

#include <functional>

#include "codec/cell_reader.h"
#include "codec/csv/csv_reader.h"
#include "codec/csv/csv_scanner.h"
#include "codec/csv/csv_text.h"
#include "codec/csv/csv_writer.h"
#include "failure_of.h"
#include "random_text.h"
#include "sample_zip.h"
#include "text_source.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;

constexpr const char* mark = "\xEF\xBB\xBF";

std::string manifest() {
  Manifest manifest;
  ManifestSheet sheet;
  sheet.titles = {"things.csv"};
  manifest.datasets.push_back({"things", {sheet}, 0, std::string(64, 'a')});
  return to_json(manifest);
}

std::string bundle(const std::string& csv) {
  return test::make_zip({{.name = "things.csv", .content = csv}, {.name = "manifest.json", .content = manifest()}});
}

std::string rows_of(const std::string& csv, const Limits& limits = {}) {
  const std::string bytes = bundle(csv);
  const DescribedFile file = open_csv(bytes, limits, Cancel());
  const auto rows = file.reader->rows(0);
  std::string texts;
  for (Row row; rows->next(row);) {
    texts += std::to_string(row.number) + ">";
    for (const Cell& cell : row.cells) {
      texts += std::to_string(cell.column) + ":" + std::string(cell.text) + "|";
    }
  }
  return texts;
}

// One field as it stands in the file, behind the header.
std::string field(ColumnType type, const std::function<void(CsvRowWriter&)>& write) {
  CsvWriter writer({{"l.csv", {{"c", type}}, 1}}, Cancel());
  writer.begin_sheet(0);
  writer.row().begin();
  write(writer.row());
  writer.row().end();
  writer.end_sheet();
  writer.describe(manifest());
  writer.finish();
  const std::string bytes(writer.output());
  const ZipDirectory directory(bytes, Limits());
  Budget budget(1 << 20, "b");
  EntrySource source(*directory.find("l.csv"), budget, Cancel());
  std::string text(1 << 16, '\0');
  text.resize(source.read(text.data(), text.size()));
  const std::string head = std::string(mark) + "c\r\n";
  EXPECT_TRUE(text.starts_with(head));
  return text.substr(head.size(), text.size() - head.size() - 2);
}

std::string text_field(const std::string& text) {
  return field({}, [&](CsvRowWriter& row) { row.text(text); });
}

TEST(CsvCodec, EveryTextComesBack) {
  test::RandomText random(5);
  std::vector<std::string> texts;
  for (int i = 0; i < 2'000; ++i) {
    texts.push_back(random.next(i % 100 == 0 ? 5'000 : 20));
  }
  CsvWriter writer({{"things.csv", {{"a", {}}, {"=b", {}}, {"n", {}}}, texts.size()}}, Cancel());
  writer.begin_sheet(0);
  for (const std::string& text : texts) {
    writer.row().begin();
    writer.row().text(text);
    writer.row().text(text + "x");
    writer.row().null();
    writer.row().end();
  }
  writer.end_sheet();
  writer.describe(manifest());
  writer.finish();
  const std::string bytes(writer.output());
  EXPECT_EQ(writer.sha256(), sha256(bytes));
  EXPECT_TRUE(looks_like_csv(bytes, Limits()));
  const DescribedFile file = open_csv(bytes, Limits(), Cancel());
  const auto rows = file.reader->rows(0);
  Row row;
  std::string scratch;
  ASSERT_TRUE(rows->next(row));
  EXPECT_EQ(read_text(row.cells.at(1), scratch), "=b");
  for (const std::string& text : texts) {
    ASSERT_TRUE(rows->next(row));
    ASSERT_EQ(row.cells.size(), 2U);
    ASSERT_EQ(read_text(row.cells[0], scratch), text);
    ASSERT_EQ(read_text(row.cells[1], scratch), text + "x");
  }
  EXPECT_FALSE(rows->next(row));
}

TEST(CsvCodec, NothingIsAFormula) {
  for (const char* text :
       {"=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\n=1", "\xC2\xA0=1", "\uFF1D1", "\uFF0B1", "\uFF20x"}) {
    EXPECT_TRUE(looks_like_formula(text)) << text;
    EXPECT_TRUE(text_field(text).starts_with("\"\"\"")) << text;
  }
  EXPECT_EQ(text_field("=1+1"), R"("""=1+1""")");
  EXPECT_EQ(text_field("a=1"), "a=1");
}

TEST(CsvCodec, TextsThatProgramsWouldChangeAreLiterals) {
  for (const char* text : {"00123", "1e5", "2024-01-31", "1/2", "10:30", "50%", "1 000", "TRUE", "false", "Jan 5",
                           "5-mar", "MARCH1", "$5", "(12)", "12:00 PM"}) {
    EXPECT_EQ(text_field(text), "\"\"\"" + std::string(text) + "\"\"\"");
  }
  for (const char* text : {"North", "3M Company", "Room 5", "N/A", "NULL", "trueish", "December", "May", "a1b2",
                           "550e8400-e29b-41d4-a716-446655440000"}) {
    EXPECT_EQ(text_field(text), text);
  }
  EXPECT_EQ(text_field("a,b"), "\"a,b\"");
  EXPECT_EQ(text_field("a;b"), "\"a;b\"");
  EXPECT_EQ(text_field("say \"hi\" now"), "\"say \"\"hi\"\" now\"");
  EXPECT_EQ(text_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(text_field(""), R"("""""")");
  EXPECT_EQ(text_field("a\rb"), R"("""a\rb""")");
  EXPECT_EQ(field({}, [](CsvRowWriter& row) { row.null(); }), "");
}

TEST(CsvCodec, NumbersThatAreShownInFullAreBare) {
  const auto integer = [](std::int64_t value) {
    return field({ColumnClass::integer}, [&](CsvRowWriter& row) { row.integer(value); });
  };
  EXPECT_EQ(integer(-99'999'999'999), "-99999999999");
  EXPECT_EQ(integer(100'000'000'000), R"("""100000000000""")");
  const auto decimal = [](const char* text, int scale) {
    return field({ColumnClass::numeric, scale}, [&](CsvRowWriter& row) { row.decimal(text); });
  };
  EXPECT_EQ(decimal("-12345678.50", 2), "-12345678.50");
  EXPECT_EQ(decimal("123456789.50", 2), R"("""123456789.50""")");
  EXPECT_EQ(decimal("1.50", -1), R"("""1.50""")");
  EXPECT_EQ(decimal("1e-07", -1), R"("""1e-07""")");
  EXPECT_EQ(decimal("NaN", -1), "NaN");
  EXPECT_EQ(field({ColumnClass::boolean}, [](CsvRowWriter& row) { row.boolean(true); }), "true");
  EXPECT_EQ(field({ColumnClass::date}, [](CsvRowWriter& row) { row.date(1); }), "2000-01-02");
  EXPECT_EQ(field({ColumnClass::bytea}, [](CsvRowWriter& row) { row.base64("\xFB\xEF"); }), R"("""++8=""")");
}

TEST(CsvCodec, ReadsWhatOtherProgramsWrite) {
  EXPECT_EQ(rows_of(std::string(mark) + "a,b\r\n1,\"x\"\r\n"), "1>1:a|2:b|2>1:1|2:x|");
  EXPECT_EQ(rows_of("a;b\n1,5;2\n"), "1>1:a|2:b|2>1:1,5|2:2|");
  EXPECT_EQ(rows_of("a\tb\r1\t2"), "1>1:a|2:b|2>1:1|2:2|");
  EXPECT_EQ(rows_of("a,\"b;b;b\"\n1,\n"), "1>1:a|2:b;b;b|2>1:1|");
  EXPECT_EQ(rows_of("a,b\r\n\r\n,\r\n\"x\r\ny\"\"z\",2\r\n"), "1>1:a|2:b|4>1:x\r\ny\"z|2:2|");
  EXPECT_EQ(rows_of(""), "");
}

TEST(CsvCodec, SmallWindowsReadTheSame) {
  const std::string csv = "head,\"er\"\r\n\"a \"\"quoted\"\" text that is longer than any window\",2\r\n\r\nx,y\r";
  const Limits limits;
  std::string whole;
  for (std::size_t size : {1U, 2U, 3U, 7U, 16U, 64U}) {
    CsvScanner scanner(std::make_unique<test::TextSource>(csv, size), limits, size);
    std::string texts;
    for (std::vector<std::string_view> fields; scanner.next(fields);) {
      for (const std::string_view text : fields) {
        texts += std::string(text) + "|";
      }
    }
    whole = whole.empty() ? texts : whole;
    EXPECT_EQ(texts, whole);
  }
  EXPECT_EQ(whole, "head|er|a \"quoted\" text that is longer than any window|2|x|y|");
}

TEST(CsvCodec, WhatRfc4180DoesNotKnowIsRefusedWithItsRow) {
  const auto refused = [](const std::string& csv, const char* words, std::uint32_t row) {
    const auto error = test::failure_of([&] { rows_of(csv); });
    ASSERT_TRUE(error) << csv;
    EXPECT_NE(error->message.find(words), std::string::npos) << error->message;
    EXPECT_EQ(error->where.sheet, "things.csv");
    EXPECT_EQ(error->where.row, row);
    EXPECT_EQ(error->where.container, Container::file);
  };
  refused("a,b\n1,\"2\n3,4\n", "quote is not closed", 2);
  refused("a,b\n1,\"2\"x\n", "behind a closing quote", 2);
  refused("a,b\n1,2\n3,4\"5\n", "quote stands inside", 3);
  refused("a,b\n1\n", "1 fields, and the header has 2", 2);
  refused("a,b\n1,2,3\n", "3 fields, and the header has 2", 2);
  refused("a,b\n1,\xFF\n", "not UTF-8", 2);
  refused(std::string("a,b\n1,\0\n", 8), "NUL", 0);
  refused(
      "\xFF\xFE"
      "a",
      "UTF-16", 0);
}

TEST(CsvCodec, LimitsHold) {
  Limits limits;
  limits.text_bytes = 1 << 20;
  limits.columns = 2;
  const std::string open = "a,b\n1,\"" + std::string(2 << 20, 'x');
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of(open + "\"\n", limits); }, "rehydra.max_text_bytes");
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of("a,b,c\n", limits); }, "rehydra.max_columns");
  limits.inflated_bytes = 1 << 20;
  limits.text_bytes = 256 << 20;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of(open + "\"\n", limits); }, "rehydra.max_inflated_bytes");
}

TEST(CsvCodec, FilesMayStandInAFolder) {
  const std::string packed = test::make_zip({{.name = "out/", .deflate = false},
                                             {.name = "out/manifest.json", .content = manifest()},
                                             {.name = "out/things.csv", .content = "a\n"},
                                             {.name = "__MACOSX/out/._things.csv", .content = "junk"}});
  EXPECT_TRUE(looks_like_csv(packed, Limits()));
  const DescribedFile file = open_csv(packed, Limits(), Cancel());
  ASSERT_EQ(file.reader->sheets().size(), 1U);
  EXPECT_EQ(file.reader->sheets()[0].title, "things.csv");
}

TEST(CsvCodec, NamesOfFilesAreSafeAndUnique) {
  std::vector<std::string> taken;
  EXPECT_EQ(csv_file_name("Deals", taken), "Deals.csv");
  EXPECT_EQ(csv_file_name("deals", taken), "deals (2).csv");
  EXPECT_EQ(csv_file_name("../a\\b:c%41?", taken), "_a_b_c_41_.csv");
  EXPECT_EQ(csv_file_name("..", taken), "table.csv");
}

}  // namespace
}  // namespace rehydra::codec
