// Job: what the writer wrote, the reader reads: random rows of every class of columns, value by value.
// Covers: codec/workbook_writer.h with codec/workbook_reader.h, cell_reader.h and overflow.h.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <stdexcept>

#include "codec/cell_reader.h"
#include "codec/overflow.h"
#include "codec/workbook_reader.h"
#include "codec/workbook_writer.h"
#include "random_text.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::size_t row_count = 2'000;

struct Values {
  std::optional<std::int64_t> integer;
  std::string decimal;
  std::optional<bool> boolean;
  std::int32_t date = 0;
  std::int64_t timestamp = 0;
  std::optional<std::string> text;
  std::string bytes;
};

std::string random_decimal(test::RandomText& random) {
  const std::string whole = std::to_string(random.number(1'000'000'000'000));
  return (random.number(2) == 0 ? "-1" : "1") + whole + "." + std::to_string(100 + random.number(900));
}

std::vector<Values> random_rows() {
  test::RandomText random(11);
  std::vector<Values> rows(row_count);
  for (Values& row : rows) {
    if (random.number(4) > 0) {
      row.integer = static_cast<std::int64_t>(random.number(1ULL << 53)) * (random.number(2) == 0 ? 1 : -1'001);
      row.boolean = random.number(2) == 0;
    }
    row.decimal = random_decimal(random);
    row.date = static_cast<std::int32_t>(random.number(3'000'000)) - 40'000;
    row.timestamp =
        static_cast<std::int64_t>(random.number(4'000'000'000)) * second + (random.number(3) == 0 ? 123'456 : 0);
    if (random.number(3) > 0) {
      row.text = random.next(random.number(100) == 0 ? 60'000 : 40);
    }
    row.bytes = random.next(20);
  }
  return rows;
}

WorkbookSpec specification() {
  SheetSpec sheet{"Data", SheetKind::data, {}, row_count, ""};
  for (const ColumnClass kind : {ColumnClass::integer, ColumnClass::numeric, ColumnClass::boolean, ColumnClass::date,
                                 ColumnClass::timestamp, ColumnClass::text, ColumnClass::bytea}) {
    SheetColumn column;
    column.header = "Column " + std::to_string(sheet.columns.size() + 1);
    column.type.kind = kind;
    sheet.columns.push_back(column);
  }
  WorkbookSpec spec;
  spec.sheets.push_back(sheet);
  return spec;
}

void write_row(RowWriter& row, const Values& values) {
  row.begin();
  values.integer ? row.integer(*values.integer) : row.null();
  row.decimal(values.decimal);
  values.boolean ? row.boolean(*values.boolean) : row.null();
  row.date(values.date);
  row.timestamp(values.timestamp);
  values.text ? row.text(*values.text) : row.null();
  row.base64(values.bytes);
  row.end();
}

std::string written(const std::vector<Values>& rows) {
  WorkbookWriter writer(specification(), Cancel(), test::make_vector_spill);
  writer.begin_sheet(0);
  for (const Values& values : rows) {
    write_row(writer.row(), values);
  }
  writer.end_sheet();
  writer.finish();
  return std::string(writer.output());
}

std::size_t sheet_index(const WorkbookReader& reader, std::string_view title) {
  for (std::size_t i = 0; i < reader.sheets().size(); ++i) {
    if (reader.sheets()[i].title == title) {
      return i;
    }
  }
  throw std::runtime_error("no such sheet");
}

OverflowTexts long_texts(WorkbookReader& reader) {
  OverflowTexts texts(test::make_vector_spill);
  const auto rows = reader.rows(sheet_index(reader, overflow_sheet));
  Row row;
  std::string scratch;
  rows->next(row);  // the header
  while (rows->next(row)) {
    texts.add(static_cast<std::uint64_t>(*read_integer(row.cells.at(0))),
              static_cast<std::uint64_t>(*read_integer(row.cells.at(1))), *read_text(row.cells.at(2), scratch));
  }
  return texts;
}

void expect_times(const std::map<std::uint32_t, Cell>& cells, const Values& values) {
  std::int32_t date = 0;
  ASSERT_NE(read_date(cells.at(4), false, date), Native::bad);
  if (values.date >= -36'465 && values.date <= 2'921'939) {
    ASSERT_EQ(date, values.date);
  }
  std::int64_t timestamp = 0;
  ASSERT_EQ(read_timestamp(cells.at(5), false, timestamp), Native::ok);
  ASSERT_EQ(timestamp, values.timestamp);
}

void expect_row(const Row& row, const Values& values, OverflowTexts& texts) {
  std::map<std::uint32_t, Cell> cells;
  for (const Cell& cell : row.cells) {
    ASSERT_FALSE(cell.formula);
    cells[cell.column] = cell;
  }
  std::string scratch;
  ASSERT_EQ(cells.count(1) == 1 ? read_integer(cells.at(1)) : std::nullopt, values.integer);
  ASSERT_EQ(read_decimal(cells.at(2), scratch), values.decimal);
  ASSERT_EQ(cells.count(3) == 1 ? read_boolean(cells.at(3)) : std::nullopt, values.boolean);
  expect_times(cells, values);
  ASSERT_EQ(cells.count(6) == 1, values.text.has_value());
  if (values.text) {
    const auto whole = texts.text_of(cells.at(6).text);
    ASSERT_EQ(whole ? *whole : std::string(*read_text(cells.at(6), scratch)), *values.text);
  }
  ASSERT_EQ(read_base64(cells.at(7), scratch), values.bytes);
}

TEST(RoundTrip, EveryValueComesBack) {
  const std::vector<Values> values = random_rows();
  const std::string bytes = written(values);
  const auto reader = WorkbookReader::open(bytes, Limits(), Cancel(), test::make_vector_spill);
  OverflowTexts texts = long_texts(*reader);
  const auto rows = reader->rows(sheet_index(*reader, "Data"));
  Row row;
  ASSERT_TRUE(rows->next(row));
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_TRUE(rows->next(row));
    ASSERT_EQ(row.number, i + 2);
    expect_row(row, values[i], texts);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
  EXPECT_FALSE(rows->next(row));
}

}  // namespace
}  // namespace rehydra::codec
