// Job: json documents: what the writer wrote, the reader reads; what is no document is refused where it goes wrong.
// Covers: codec/json.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "codec/cell_reader.h"
#include "codec/json/json_cursor.h"
#include "codec/json/json_reader.h"
#include "codec/json/json_rows.h"
#include "codec/json/json_writer.h"
#include "failure_of.h"
#include "random_text.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;

Manifest manifest_of(std::uint64_t rows) {
  Manifest manifest;
  manifest.model = "m";
  manifest.tenant_id = "1";
  ManifestSheet sheet;
  sheet.titles = {"things"};
  for (const char* name : {"id", "value"}) {
    sheet.columns.push_back({name, name, "text", "data"});
  }
  manifest.datasets.push_back({"things", {sheet}, rows, std::string(64, 'a')});
  return manifest;
}

std::string document(const std::string& rows) {
  const Manifest manifest = manifest_of(2);
  return "{\"rehydra\":" + head_json(manifest) + ",\"datasets\":{\"things\":" + rows +
         "},\"seal\":" + seal_json(manifest) + "}";
}

// Every row's cells as text, a bar behind each.
std::string rows_of(const std::string& list, const Limits& limits = {}) {
  const std::string bytes = document(list);
  const DescribedFile file = open_json(bytes, limits, Cancel());
  const auto rows = file.reader->rows(0);
  std::string texts;
  for (Row row; rows->next(row);) {
    for (const Cell& cell : row.cells) {
      texts += std::to_string(cell.column) + ":" + std::string(cell.text) + "|";
    }
    texts += "\n";
  }
  return texts;
}

TEST(JsonCodec, EveryTextComesBack) {
  test::RandomText random(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 2'000; ++i) {
    texts.push_back(random.next(i % 100 == 0 ? 5'000 : 30));
  }
  RowList list{"things", {{"id", {ColumnClass::integer}}, {"value", {}}}, texts.size()};
  JsonWriter writer({list}, head_json(manifest_of(texts.size())), Cancel());
  writer.begin_sheet(0);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    writer.row().begin();
    writer.row().integer(static_cast<std::int64_t>(i));
    writer.row().text(texts[i]);
    writer.row().end();
  }
  writer.end_sheet();
  writer.seal(seal_json(manifest_of(texts.size())));
  writer.finish();
  const std::string bytes(writer.output());
  EXPECT_EQ(writer.sha256(), sha256(bytes));
  const auto tree = nlohmann::json::parse(bytes);
  const DescribedFile file = open_json(bytes, Limits(), Cancel());
  EXPECT_EQ(file.manifest.datasets[0].rows, texts.size());
  const auto rows = file.reader->rows(0);
  Row row;
  ASSERT_TRUE(rows->next(row));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_TRUE(rows->next(row));
    ASSERT_EQ(row.number, i + 1);
    ASSERT_EQ(row.cells.at(1).text, texts[i]);
    ASSERT_EQ(tree["datasets"]["things"][i]["value"], texts[i]);
  }
  EXPECT_FALSE(rows->next(row));
}

std::string written(ColumnType type, const std::function<void(JsonRowWriter&)>& write) {
  JsonWriter writer({{"l", {{"c", type}}, 1}}, "{}", Cancel());
  writer.begin_sheet(0);
  writer.row().begin();
  write(writer.row());
  writer.row().end();
  writer.end_sheet();
  writer.seal("{}");
  writer.finish();
  const std::string bytes(writer.output());
  const std::size_t from = bytes.find("{\"c\":") + 5;
  return bytes.substr(from, bytes.find("}\n", from) - from);
}

TEST(JsonCodec, NumbersOfMoreThanFifteenDigitsAreStrings) {
  const auto integer = [](std::int64_t value) {
    return written({ColumnClass::integer}, [value](JsonRowWriter& row) { row.integer(value); });
  };
  EXPECT_EQ(integer(-999'999'999'999'999), "-999999999999999");
  EXPECT_EQ(integer(1'000'000'000'000'000), "\"1000000000000000\"");
  EXPECT_EQ(integer(INT64_MIN), "\"-9223372036854775808\"");
  const auto decimal = [](const char* text, int scale) {
    return written({ColumnClass::numeric, scale}, [text](JsonRowWriter& row) { row.decimal(text); });
  };
  EXPECT_EQ(decimal("12.50", 2), "12.50");
  EXPECT_EQ(decimal("12.50", -1), "\"12.50\"");
  EXPECT_EQ(decimal("1e-07", -1), "1e-07");
  EXPECT_EQ(decimal("NaN", -1), "\"NaN\"");
  EXPECT_EQ(decimal("0.30000000000000004", -1), "\"0.30000000000000004\"");
}

TEST(JsonCodec, TimesAreIso) {
  const auto time = [](ColumnClass kind, std::int64_t micros) {
    return written({kind}, [micros](JsonRowWriter& row) { row.timestamp(micros); });
  };
  EXPECT_EQ(time(ColumnClass::timestamp, 1'000'001), "\"2000-01-01T00:00:01.000001\"");
  EXPECT_EQ(time(ColumnClass::timestamptz, 0), "\"2000-01-01T00:00:00Z\"");
  EXPECT_EQ(time(ColumnClass::timestamp, INT64_MAX), "\"infinity\"");
  EXPECT_EQ(written({ColumnClass::date}, [](JsonRowWriter& row) { row.date(1); }), "\"2000-01-02\"");
}

TEST(JsonCodec, MembersComeInAnyOrder) {
  EXPECT_EQ(
      rows_of(R"([{"id":1,"value":"a"}, {"value" : null , "id":-2.5e3},{"id":true,"v\u0061lue":"\ud83d\ude00"}])"),
      "1:id|2:value|\n1:1|2:a|\n1:-2.5e3|\n1:1|2:\xF0\x9F\x98\x80|\n");
}

TEST(JsonCodec, AnEmptyListHasTheColumnsOfTheManifest) {
  EXPECT_EQ(rows_of("[ ]"), "1:id|2:value|\n");
}

TEST(JsonCodec, WhatIsNotJsonIsRefusedWhereItGoesWrong) {
  for (const char* list :
       {"[{\"id\":01,\"value\":1}]", "[{\"id\":1,}]", "[{\"id\":1}", "[{\"id\":.5}]", "[{\"id\":1.}]", "[{\"id\":+1}]",
        "[{\"id\":1e}]", "[{\"id\":nul}]", "[{\"id\":\"\x01\"}]", "[{\"id\":\"\\x\"}]", "[{\"id\":\"\\udc00\"}]",
        "[{\"id\":\"\xC0\x80\"}]", "[{\"id\":\"\xED\xA0\x80\"}]", "[{id:1}]", "[{\"id\":1},]", "[{\"id\" 1}]",
        "[{\"id\":'1'}]", "[{\"id\":1}]/**/"}) {
    expect_failure(
        ErrorKind::bad_file, [&] { rows_of(list); }, "line 1, character");
  }
  const std::string whole = document("[]");
  for (const std::string& bytes : {whole + "x", whole + std::string(1, '\0'), whole.substr(0, whole.size() - 1)}) {
    expect_failure(
        ErrorKind::bad_file, [&] { open_json(bytes, Limits(), Cancel()); }, "line ");
  }
}

TEST(JsonCodec, RowsThatAreNotAlikeAreRefused) {
  const auto refused = [](ErrorKind kind, const char* list, std::uint32_t row, const char* member) {
    const auto error = test::failure_of([&] { rows_of(list); });
    ASSERT_TRUE(error) << list;
    EXPECT_EQ(error->kind, kind) << error->message;
    EXPECT_EQ(error->where.sheet, "things");
    EXPECT_EQ(error->where.row, row);
    EXPECT_EQ(error->where.header, member);
    EXPECT_EQ(error->where.container, Container::list);
  };
  refused(ErrorKind::missing_column, R"([{"id":1,"value":1},{"id":1}])", 2, "value");
  refused(ErrorKind::bad_file, R"([{"id":1,"value":1},{"id":1,"value":1,"x":2}])", 2, "x");
  refused(ErrorKind::duplicate_column, R"([{"id":1,"value":1},{"id":1,"id":1}])", 2, "id");
  refused(ErrorKind::bad_value, R"([{"id":1,"value":[]}])", 1, "value");
  refused(ErrorKind::bad_file, R"([{"id":1,"value":1},7])", 2, "");
}

TEST(JsonCodec, LimitsHold) {
  Limits limits;
  limits.json_depth = 12;
  limits.text_bytes = 100;
  limits.columns = 2;
  rows_of(R"([{"id":1,"value":2}])", limits);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of("[{\"id\":" + std::string(20, '[') + "}]", limits); },
      "rehydra.max_json_depth");
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of("[{\"id\":\"" + std::string(101, 'x') + "\"}]", limits); },
      "rehydra.max_text_bytes");
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of(R"([{"a":1,"b":2,"c":3}])", limits); }, "rehydra.max_columns");
  limits.held_part_bytes = 10;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { rows_of("[]", limits); }, "rehydra.max_held_part_bytes");
}

TEST(JsonCodec, NumbersOfADocumentAreExact) {
  std::string scratch;
  const Cell number{1, CellKind::decimal, false, "12345678901234567890.125"};
  EXPECT_EQ(read_decimal(number, scratch), "12345678901234567890.125");
  EXPECT_EQ(read_text(number, scratch), "12345678901234567890.125");
  EXPECT_EQ(read_integer({1, CellKind::decimal, false, "9007199254740993"}), 9'007'199'254'740'993);
  EXPECT_EQ(read_integer({1, CellKind::decimal, false, "4.1e1"}), 41);
  EXPECT_EQ(read_integer({1, CellKind::decimal, false, "9007199254740993.5"}), std::nullopt);
  EXPECT_EQ(read_text({1, CellKind::string, false, "\"x\""}, scratch), "\"x\"");
}

}  // namespace
}  // namespace rehydra::codec
