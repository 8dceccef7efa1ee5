// Job: cells to values of a column's class.
// Callers: the importer's staging step.
// Promise: one rule a class, no locale, no rounding but that of numbers with more digits than a spreadsheet keeps.
#include "codec/cell_reader.h"

#include "codec/decimal.h"
#include "codec/iso_time.h"
#include "codec/literal.h"
#include "codec/serial.h"

namespace rehydra::codec {
namespace {

constexpr std::int64_t micros_per_day = 86'400'000'000;

bool is_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower[i]) {
      return false;
    }
  }
  return true;
}

std::optional<bool> boolean_word(std::string_view text) {
  for (const std::string_view word : {"1", "true", "t", "yes", "y"}) {
    if (is_word(text, word)) {
      return true;
    }
  }
  for (const std::string_view word : {"0", "false", "f", "no", "n"}) {
    if (is_word(text, word)) {
      return false;
    }
  }
  return std::nullopt;
}

bool is_text(const Cell& cell) {
  return cell.kind == CellKind::text || cell.kind == CellKind::string;
}

// What a text means; only a workbook's and a csv file's may be literals.
std::string_view text_of(const Cell& cell, std::string& scratch) {
  return cell.kind == CellKind::text ? literal_value(cell.text, scratch) : cell.text;
}

}  // namespace

std::optional<std::int64_t> read_integer(const Cell& cell) {
  if (cell.kind == CellKind::number) {
    return Decimal::integral(cell.text);
  }
  if (cell.kind == CellKind::decimal) {
    return Decimal::exact_integer(cell.text);
  }
  std::string scratch;
  return is_text(cell) ? Decimal::plain_integer(text_of(cell, scratch)) : std::nullopt;
}

std::optional<std::string_view> read_decimal(const Cell& cell, std::string& scratch) {
  if (cell.kind == CellKind::number) {
    return Decimal::rounded(cell.text, scratch);
  }
  if (!is_text(cell) && cell.kind != CellKind::decimal) {
    return std::nullopt;
  }
  const std::string_view text = text_of(cell, scratch);
  const bool special = text == "NaN" || text == "Infinity" || text == "-Infinity";
  return special || Decimal::is_decimal(text) ? std::optional(text) : std::nullopt;
}

std::optional<bool> read_boolean(const Cell& cell) {
  std::string scratch;
  switch (cell.kind) {
    case CellKind::boolean:
      return cell.text == "1";
    case CellKind::number:
    case CellKind::decimal: {
      const auto value = read_integer(cell);
      return value == 0 || value == 1 ? std::optional(value == 1) : std::nullopt;
    }
    case CellKind::text:
    case CellKind::string:
      return boolean_word(text_of(cell, scratch));
    default:
      return std::nullopt;
  }
}

Native read_date(const Cell& cell, bool date1904, std::int32_t& days) {
  if (cell.kind == CellKind::number) {
    const auto serial = Decimal::binary(cell.text);
    const auto found = serial ? date_of_serial(*serial, date1904) : std::nullopt;
    days = found.value_or(0);
    return found ? Native::ok : Native::bad;
  }
  std::int64_t micros = 0;
  const Native read = read_timestamp(cell, date1904, micros);
  if (read != Native::ok) {
    return read;
  }
  const std::int64_t whole = micros / micros_per_day - (micros % micros_per_day < 0 ? 1 : 0);
  days = static_cast<std::int32_t>(whole);
  return whole * micros_per_day == micros ? Native::ok : Native::bad;  // a time of day would be lost
}

Native read_timestamp(const Cell& cell, bool date1904, std::int64_t& micros) {
  if (cell.kind == CellKind::number) {
    const auto serial = Decimal::binary(cell.text);
    const auto found = serial ? timestamp_of_serial(*serial, date1904) : std::nullopt;
    micros = found.value_or(0);
    return found ? Native::ok : Native::bad;
  }
  if (!is_text(cell) && cell.kind != CellKind::iso_date) {
    return Native::bad;
  }
  std::string scratch;
  return parse_iso_time(text_of(cell, scratch), micros);
}

std::optional<std::string_view> read_text(const Cell& cell, std::string& scratch) {
  switch (cell.kind) {
    case CellKind::text:
      return literal_value(cell.text, scratch);
    case CellKind::string:
    case CellKind::decimal:
      return cell.text;
    case CellKind::number:
      return Decimal::shown(cell.text, scratch);
    case CellKind::boolean:
      return cell.text == "1" ? "TRUE" : "FALSE";
    case CellKind::iso_date:
      return cell.text;
    default:
      return std::nullopt;
  }
}

}  // namespace rehydra::codec
