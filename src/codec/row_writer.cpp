// Job: encode cells as SpreadsheetML, the hot path of every export.
// Callers: the exporter, a call a cell; the workbook writer's own sheets.
// Promise: only values that survive every common program are written natively, all others as text; never a formula.
#include <charconv>
#include <limits>

#include "codec/decimal_form.h"
#include "codec/literal.h"
#include "codec/overflow.h"
#include "codec/row_target.h"
#include "codec/serial.h"
#include "codec/short_copy.h"
#include "codec/time_digits.h"
#include "codec/workbook_writer.h"
#include "codec/xml_text.h"
#include "core/column_name.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t cell_units = 32'767;
constexpr std::int64_t largest_native = 999'999'999'999'999;
constexpr std::size_t overhead = 256;  // constant XML of a cell or a row, padding included

constexpr std::string_view number_end = "</v></c>";
constexpr std::string_view text_end = "</t></is></c>";

char* copy(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

[[noreturn]] void too_many_cells() {
  throw Failure(ErrorKind::internal, "a row has more cells than its sheet has columns");
}

inline const CellTemplate& next_column(const RowTarget& target, std::uint32_t& column) {
  const CellTemplate* const next = target.columns.data() + column;
  if (next >= target.columns.data() + target.columns.size()) {
    too_many_cells();
  }
  ++column;
  return *next;
}

char* open_cell(const RowTarget& target, const CellTemplate& column, char* to) {
  return target.row_digits.copy(column.start.copy(to));
}

void number_cell(RowTarget& target, const CellTemplate& column, std::string_view digits) {
  char* to = target.xml.room(overhead + digits.size());
  to = column.number.copy(open_cell(target, column, to));
  target.xml.advance(copy(copy_short(to, digits), number_end));
}

// Text that needs no escape of any kind.
void bare_text_cell(RowTarget& target, const CellTemplate& column, std::string_view text) {
  char* to = target.xml.room(overhead + text.size());
  to = column.text.copy(open_cell(target, column, to));
  target.xml.advance(copy(copy_short(to, text), text_end));
}

void escaped_text_cell(RowTarget& target, const CellTemplate& column, std::string_view text) {
  char* to = target.xml.room(overhead + text.size() * xml_growth);
  to = column.text.copy(open_cell(target, column, to));
  target.xml.advance(copy(copy_escaped(to, text), text_end));
}

bool fits_cell(std::string_view text) {
  return text.size() <= cell_units || utf16_units(text) <= cell_units;
}

// Text with anything unusual about it.
void careful_text_cell(RowTarget& target, const CellTemplate& column, std::string_view text) {
  std::string_view content = text;
  if (fits_cell(text) && needs_literal(text)) {
    target.scratch.clear();
    append_literal(target.scratch, text);
    content = target.scratch;
  }
  if (!fits_cell(content)) {
    target.scratch = overflow_token(target.long_texts->add(text), text);
    content = target.scratch;
  }
  escaped_text_cell(target, column, content);
}

}  // namespace

void RowWriter::begin() {
  RowTarget& target = *target_;
  if (target.row >= max_sheet_rows) {
    throw Failure(ErrorKind::limit_exceeded, "a sheet would have more than 1,048,576 rows");
  }
  target.row += 1;
  column_ = 0;
  char* digits = target.row_digits.bytes.data();
  const char* end = std::to_chars(digits, digits + target.row_digits.bytes.size(), target.row).ptr;
  target.row_digits.size = static_cast<std::size_t>(end - digits);
  char* to = target_->xml.room(overhead);
  to = target.row_digits.copy(copy(to, "<row r=\""));
  target.xml.advance(copy(to, "\">"));
}

void RowWriter::end() {
  char* to = target_->xml.room(overhead);
  target_->xml.advance(copy(to, "</row>"));
  if (target_->xml.size() > RowTarget::drain_bytes) {
    target_->drain();
  }
}

void RowWriter::boolean(bool value) {
  const CellTemplate& column = next_column(*target_, column_);
  char* to = target_->xml.room(overhead);
  to = column.boolean.copy(open_cell(*target_, column, to));
  *to++ = value ? '1' : '0';
  target_->xml.advance(copy(to, number_end));
}

void RowWriter::integer(std::int64_t value) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  integer(value, {digits, static_cast<std::size_t>(end - digits)});
}

void RowWriter::integer(std::int64_t value, std::string_view digits) {
  const CellTemplate& column = next_column(*target_, column_);
  if (value <= largest_native && value >= -largest_native) {
    number_cell(*target_, column, digits);
  } else {
    bare_text_cell(*target_, column, digits);
  }
}

void RowWriter::decimal(std::string_view text) {
  const CellTemplate& column = next_column(*target_, column_);
  if (is_native_decimal(text, column.fixed_scale)) {
    number_cell(*target_, column, text);
  } else if (text.size() <= cell_units) {
    bare_text_cell(*target_, column, text);
  } else {
    careful_text_cell(*target_, column, text);
  }
}

void RowWriter::date(std::int32_t days_since_2000) {
  const CellTemplate& column = next_column(*target_, column_);
  char text[iso_bytes];
  if (const auto serial = date_serial(days_since_2000)) {
    const char* const end = std::to_chars(text, text + sizeof text, *serial).ptr;
    number_cell(*target_, column, {text, end});
  } else {
    bare_text_cell(*target_, column, {text, put_iso_date(text, days_since_2000)});
  }
}

void RowWriter::timestamp(std::int64_t micros_since_2000) {
  const CellTemplate& column = next_column(*target_, column_);
  char text[iso_bytes];
  static_assert(sizeof text >= serial_bytes);
  if (const char* const end = put_timestamp_serial(text, micros_since_2000)) {
    number_cell(*target_, column, {text, end});
  } else {
    const bool zone = column.kind == ColumnClass::timestamptz;
    bare_text_cell(*target_, column, {text, put_iso_timestamp(text, micros_since_2000, zone)});
  }
}

void RowWriter::text(std::string_view utf8) {
  const CellTemplate& column = next_column(*target_, column_);
  if (is_plain_text(utf8) && utf8.size() <= cell_units) {
    bare_text_cell(*target_, column, utf8);
  } else if (!(utf8.empty() && target_->lines)) {
    careful_text_cell(*target_, column, utf8);
  }
}

void RowWriter::base64(std::string_view bytes) {
  const CellTemplate& column = next_column(*target_, column_);
  std::string encoded;
  append_base64(encoded, bytes);
  careful_text_cell(*target_, column, encoded);
}

}  // namespace rehydra::codec
