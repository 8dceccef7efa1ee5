// Job: write a workbook of odd values, and a JSON file of what each cell must hold for other programs.
// Callers: test/interop/workbook_in_programs.sh. Use: make_sample OUT.xlsx EXPECTED.json
// Promise: expected values are stated beside the calls that write them, not derived from the writer's rules.
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "../unit/vector_spill.h"
#include "codec/literal.h"
#include "codec/manifest.h"
#include "codec/overflow.h"
#include "codec/workbook_writer.h"
#include "core/error.h"

namespace {

using namespace rehydra;
using namespace rehydra::codec;
using nlohmann::json;

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;
constexpr std::int64_t odd_day = 8'796 * day;  // 2024-01-31

struct Sample {
  explicit Sample(const WorkbookSpec& spec) : writer(spec, Cancel(), test::make_vector_spill) {}

  void expect(json value) { expected.back().push_back(std::move(value)); }
  void null() {
    writer.row().null();
    expect(nullptr);
  }
  void begin(std::size_t sheet, const std::string& title) {
    writer.begin_sheet(sheet);
    expected = json::array();
    name = title;
  }
  void begin_row() {
    writer.row().begin();
    expected.push_back(json::array());
  }
  void end_row() { writer.row().end(); }
  void end() {
    writer.end_sheet();
    sheets[name] = expected;
  }

  WorkbookWriter writer;
  json sheets = json::object();
  json expected;
  std::string name;
};

json text_of(std::string text) {
  return {{"text", std::move(text)}};
}
json number_of(std::string digits) {
  return {{"number", std::move(digits)}};
}
json time_of(std::string iso) {
  return {{"time", std::move(iso)}};
}

SheetColumn column(std::string header, ColumnClass kind, double width, int scale = -1) {
  SheetColumn made;
  made.header = std::move(header);
  made.type = {kind, scale};
  made.width = width;
  return made;
}

SheetColumn display(std::string header, ColumnClass kind, double width) {
  SheetColumn made = column(std::move(header), kind, width);
  made.display_only = true;
  return made;
}

constexpr std::uint64_t account_rows = 60;
const std::vector<std::pair<std::string, std::string>> texts = {
    {"plain", "plain"},
    {"00123", "00123"},
    {"=1+1", "=1+1"},
    {"TRUE", "TRUE"},
    {"1e5", "1e5"},
    {"N/A", "N/A"},
    {"2024-01-01", "2024-01-01"},
    {"'quoted", "'quoted"},
    {"-5", "-5"},
    {"@SUM(A1)", "@SUM(A1)"},
    {"  spaces at both ends  ", "  spaces at both ends  "},
    {"two\nlines", "two\nlines"},
    {"tab\tinside", "tab\tinside"},
    {"<a href=\"x\">&amp; ]]></a>", "<a href=\"x\">&amp; ]]></a>"},
    {"\xC3\xA4\xC3\xB6\xC3\xBC \xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x98\x80",
     "\xC3\xA4\xC3\xB6\xC3\xBC \xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x98\x80"},
    {"\xEF\xBC\x8C wide", "\xEF\xBC\x8C wide"},
    {"{\"json\": [1, 2]}", "{\"json\": [1, 2]}"},
    {"\"", "\""},
    {"", "\"\""},
    {"\"quoted\"", R"("\"quoted\"")"},
    {"carriage\r\nreturn", R"("carriage\r\nreturn")"},
    {"_x0041_", R"("\u005fx0041_")"},
    {"snake_case_name", "snake_case_name"},
    {std::string("bell\x07", 5), R"("bell\u0007")"},
    {"\xEF\xBF\xBE", R"("\ufffe")"},
    {"[[rehydra:long 1 sha256:", R"("[[rehydra:long 1 sha256:")"},
    {std::string(32'767, 'x'), std::string(32'767, 'x')},
};

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i) {
    text += "Paragraph " + std::to_string(i) + " \xF0\x9F\x98\x80 & more.\r\n";
  }
  return text;
}

WorkbookSpec specification() {
  WorkbookSpec spec;
  spec.title = "Customer data of Acme & Sons";
  spec.subject = "Export";
  spec.author = "rehydra";
  spec.created_unix = 1'706'700'000;
  spec.overview.facts = {{"Customer", "Acme & Sons (5)"},
                         {"Model", "customer_success"},
                         {"Exported at", "2024-01-31 11:20:00 UTC"},
                         {"Content", "the customer's whole data"}};
  spec.overview.lines = {{"Accounts", account_rows, "Accounts", ""},
                         {"Odd values", 3, "Odd values", "one column a family of types"},
                         {"Texts", texts.size() + 1, "Texts", "holds one text that is longer than a cell"}};
  SheetSpec accounts{"Accounts", SheetKind::data, {}, account_rows, "4472C4"};
  accounts.columns = {
      column("Account ID", ColumnClass::integer, 11),  column("Account Name", ColumnClass::text, 26),
      column("Revenue", ColumnClass::numeric, 16, 2),  column("Industry", ColumnClass::text, 16),
      display("Products Used", ColumnClass::text, 24), column("Active", ColumnClass::boolean, 9),
      column("Since", ColumnClass::date, 12),          column("Updated At", ColumnClass::timestamptz, 20)};
  SheetSpec odd{"Odd values", SheetKind::data, {}, 3, ""};
  odd.columns = {column("Integer", ColumnClass::integer, 22),     column("Money", ColumnClass::numeric, 22, 2),
                 column("Numeric", ColumnClass::numeric, 22),     column("Float", ColumnClass::floating, 22),
                 column("Boolean", ColumnClass::boolean, 10),     column("Date", ColumnClass::date, 14),
                 column("Timestamp", ColumnClass::timestamp, 28), column("Instant", ColumnClass::timestamptz, 28),
                 column("Bytes", ColumnClass::bytea, 14),         column("Json", ColumnClass::other, 14)};
  SheetSpec odd_texts{"Texts", SheetKind::data, {}, texts.size() + 1, ""};
  odd_texts.columns = {column("ID", ColumnClass::integer, 8), column("Text", ColumnClass::text, 60)};
  SheetSpec metadata{std::string(metadata_sheet), SheetKind::lines, {column("", ColumnClass::text, 60)}, 0, ""};
  SheetSpec manifest{std::string(manifest_sheet), SheetKind::hidden, {column("", ColumnClass::text, 60)}, 0, ""};
  spec.sheets = {accounts, odd, odd_texts, metadata, manifest};
  return spec;
}

void write_accounts(Sample& sample) {
  sample.begin(0, "Accounts");
  for (std::uint64_t i = 1; i <= account_rows; ++i) {
    RowWriter& row = sample.writer.row();
    const std::string name = "Account " + std::to_string(i * 7919 % 1'000);
    const std::string revenue = std::to_string(i * i * 911) + ".50";
    sample.begin_row();
    row.integer(static_cast<std::int64_t>(i)), sample.expect(number_of(std::to_string(i)));
    row.text(name), sample.expect(text_of(name));
    row.decimal(revenue), sample.expect(number_of(revenue));
    i % 4 == 0 ? sample.null() : (row.text("Software"), sample.expect(text_of("Software")));
    row.text("Core, Insights"), sample.expect(text_of("Core, Insights"));
    row.boolean(i % 3 == 0), sample.expect({{"boolean", i % 3 == 0}});
    row.date(8'796), sample.expect(time_of("2024-01-31T00:00:00"));
    row.timestamp(odd_day + 45'296 * second), sample.expect(time_of("2024-01-31T12:34:56"));
    sample.end_row();
  }
  sample.end();
}

void write_native_row(Sample& sample) {
  RowWriter& row = sample.writer.row();
  sample.begin_row();
  row.integer(-999'999'999'999'999), sample.expect(number_of("-999999999999999"));
  row.decimal("9999999999999.90"), sample.expect(number_of("9999999999999.9"));
  row.decimal("0.000000000000000123456789012345"), sample.expect(number_of("0.000000000000000123456789012345"));
  row.decimal("-1.5e-07"), sample.expect(number_of("-1.5e-07"));
  row.boolean(true), sample.expect({{"boolean", true}});
  row.date(-36'465), sample.expect(time_of("1900-03-01T00:00:00"));
  row.timestamp(odd_day + 86'399 * second), sample.expect(time_of("2024-01-31T23:59:59"));
  row.timestamp(-36'465 * day), sample.expect(time_of("1900-03-01T00:00:00"));
  row.base64(std::string("\x00\xFF\x10", 3)), sample.expect(text_of("AP8Q"));
  row.text("{\"a\": 1}"), sample.expect(text_of("{\"a\": 1}"));
  sample.end_row();
}

void write_text_row(Sample& sample) {
  RowWriter& row = sample.writer.row();
  sample.begin_row();
  row.integer(std::numeric_limits<std::int64_t>::max()), sample.expect(text_of("9223372036854775807"));
  row.decimal("12345678901234.56"), sample.expect(text_of("12345678901234.56"));
  row.decimal("12.50"), sample.expect(text_of("12.50"));
  row.decimal("NaN"), sample.expect(text_of("NaN"));
  row.boolean(false), sample.expect({{"boolean", false}});
  row.date(-36'466), sample.expect(text_of("1900-02-28"));
  row.timestamp(odd_day + 123), sample.expect(text_of("2024-01-31 00:00:00.000123"));
  row.timestamp(odd_day + 123), sample.expect(text_of("2024-01-31 00:00:00.000123Z"));
  row.base64(""), sample.expect(text_of("\"\""));
  row.text("[1, 2]"), sample.expect(text_of("[1, 2]"));
  sample.end_row();
}

void write_extreme_row(Sample& sample) {
  RowWriter& row = sample.writer.row();
  sample.begin_row();
  row.integer(0), sample.expect(number_of("0"));
  row.decimal("-0.01"), sample.expect(number_of("-0.01"));
  row.decimal("100"), sample.expect(number_of("100"));
  row.decimal("0.1234567890123456"), sample.expect(text_of("0.1234567890123456"));
  sample.null();
  row.date(std::numeric_limits<std::int32_t>::max()), sample.expect(text_of("infinity"));
  row.timestamp(std::numeric_limits<std::int64_t>::min()), sample.expect(text_of("-infinity"));
  row.timestamp(2'921'939 * day + 86'399 * second), sample.expect(time_of("9999-12-31T23:59:59"));
  sample.null();
  sample.null();
  sample.end_row();
}

void write_odd(Sample& sample) {
  sample.begin(1, "Odd values");
  write_native_row(sample);
  write_text_row(sample);
  write_extreme_row(sample);
  sample.end();
}

void write_texts(Sample& sample) {
  sample.begin(2, "Texts");
  std::int64_t id = 0;
  const auto write = [&](const std::string& text, const std::string& cell) {
    RowWriter& row = sample.writer.row();
    sample.begin_row();
    row.integer(++id), sample.expect(number_of(std::to_string(id)));
    row.text(text), sample.expect(text_of(cell));
    sample.end_row();
  };
  for (const auto& [text, cell] : texts) {
    write(text, cell);
  }
  write(long_text(), overflow_token(1, long_text()));
  sample.end();
}

void write_lines(Sample& sample, std::size_t sheet, std::string_view title, const std::vector<std::string>& lines) {
  sample.begin(sheet, std::string(title));
  for (const std::string& line : lines) {
    sample.begin_row();
    sample.writer.row().text(line), sample.expect(line.empty() ? json(nullptr) : text_of(line));
    sample.end_row();
  }
  sample.end();
}

// Its pieces hold carriage returns, so they stand as literals.
json overflow_rows(const std::string& text) {
  json rows = json::array();
  for (const std::string_view piece : overflow_pieces(text)) {
    std::string literal;
    append_literal(literal, piece);
    rows.push_back({number_of("1"), number_of(std::to_string(rows.size() + 1)), text_of(literal)});
  }
  return rows;
}

void write(const std::string& workbook, const std::string& expected) {
  Sample sample(specification());
  Manifest manifest;
  manifest.tenant_id = "5";
  manifest.tenant_name = "Acme & Sons";
  manifest.model = "customer_success";
  manifest.exported_at = "2024-01-31T11:20:00Z";
  write_accounts(sample);
  write_odd(sample);
  write_texts(sample);
  write_lines(sample, 3, metadata_sheet, metadata_lines(manifest));
  write_lines(sample, 4, manifest_sheet, {to_json(manifest)});
  sample.sheets[std::string(overflow_sheet)] = overflow_rows(long_text());
  sample.writer.finish();
  std::ofstream(workbook, std::ios::binary) << sample.writer.output();
  std::ofstream(expected) << sample.sheets.dump(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "use: make_sample OUT.xlsx EXPECTED.json\n";
    return 2;
  }
  try {
    write(argv[1], argv[2]);
  } catch (const rehydra::Failure& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
  return 0;
}
