#include "codec/canonical_cell.h"

#include "codec/cell_reader.h"
#include "codec/decimal.h"
#include "codec/serial.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view era = " BC";

bool is_special(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

// From our own ISO text ("2024-01-31 12:34:56.120000Z BC") to the server's: no trailing zeros, +00, the era last.
void append_server_time(std::string& out, std::string_view iso, bool zone) {
  const bool before_christ = iso.ends_with(era);
  iso.remove_suffix(before_christ ? era.size() : 0);
  iso.remove_suffix(iso.ends_with('Z') ? 1 : 0);
  if (iso.find('.') != std::string_view::npos) {
    iso = iso.substr(0, iso.find_last_not_of('0') + 1);
  }
  out.append(iso).append(zone ? "+00" : "").append(before_christ ? era : "");
}

// A time as our own writer spells it, of an era or a year that no serial and no plain ISO text reaches.
bool is_distant_time(std::string_view text) {
  text.remove_suffix(text.ends_with(era) ? era.size() : 0);
  text.remove_suffix(text.ends_with('Z') ? 1 : 0);
  return !text.empty() && text.find_first_not_of("0123456789-: .") == std::string_view::npos;
}

bool fits(std::int64_t value, unsigned bytes) {
  const std::int64_t most = INT64_MAX >> (64 - 8 * bytes);
  return value <= most && value >= -most - 1;
}

}  // namespace

std::optional<std::string_view> CanonicalCell::text(const Cell& cell, bool date1904, OverflowTexts& long_texts) {
  Cell read = cell;
  bool is_long = false;
  if (cell.kind == CellKind::text && cell.text.starts_with(overflow_token_start)) {
    if (auto whole = long_texts.text_of(cell.text)) {
      whole_ = *std::move(whole);
      read.text = whole_;
      is_long = true;
    }
  }
  switch (type_.column.kind) {
    case ColumnClass::integer:
      return integer(read);
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return decimal(read);
    case ColumnClass::boolean:
      return boolean(read);
    case ColumnClass::date:
      return date(read, date1904);
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return timestamp(read, date1904);
    case ColumnClass::bytea:
      return bytes(read);
    case ColumnClass::text:
    case ColumnClass::other:
      // A long text is the value itself: only what stands in a cell may be a literal.
      return is_long ? read.text : read_text(read, scratch_);
  }
  return std::nullopt;
}

std::optional<std::string_view> CanonicalCell::integer(const Cell& cell) {
  const auto value = read_integer(cell);
  if (!value || !fits(*value, type_.bytes)) {
    return std::nullopt;
  }
  made_ = std::to_string(*value);
  return made_;
}

std::optional<std::string_view> CanonicalCell::decimal(const Cell& cell) {
  const auto value = read_decimal(cell, scratch_);
  if (!value || is_special(*value)) {
    return value;
  }
  return type_.column.kind == ColumnClass::numeric ? Decimal::as_numeric(*value, type_.column.scale, made_)
                                                   : Decimal::as_floating(*value, type_.bytes == 4 ? 6 : 15, made_);
}

std::optional<std::string_view> CanonicalCell::boolean(const Cell& cell) {
  const auto value = read_boolean(cell);
  return value ? std::optional<std::string_view>(*value ? "t" : "f") : std::nullopt;
}

std::optional<std::string_view> CanonicalCell::date(const Cell& cell, bool date1904) {
  std::int32_t days = 0;
  switch (read_date(cell, date1904, days)) {
    case Native::bad:
      return std::nullopt;
    case Native::other:
      return read_text(cell, scratch_);
    case Native::ok:
      break;
  }
  made_.clear();
  append_iso_date(made_, days);
  return made_;
}

std::optional<std::string_view> CanonicalCell::timestamp(const Cell& cell, bool date1904) {
  const bool zone = type_.column.kind == ColumnClass::timestamptz;
  std::int64_t micros = 0;
  made_.clear();
  switch (read_timestamp(cell, date1904, micros)) {
    case Native::bad:
      return std::nullopt;
    case Native::other: {
      const auto text = read_text(cell, scratch_);
      if (!text || !is_distant_time(*text)) {
        return text;
      }
      append_server_time(made_, *text, zone);
      return made_;
    }
    case Native::ok:
      break;
  }
  scratch_.clear();
  append_iso_timestamp(scratch_, micros, false);
  append_server_time(made_, scratch_, zone);
  return made_;
}

std::optional<std::string_view> CanonicalCell::bytes(const Cell& cell) {
  const auto value = read_base64(cell, scratch_);
  if (!value) {
    return std::nullopt;
  }
  constexpr char digits[] = "0123456789abcdef";
  made_ = "\\x";
  for (const char byte : *value) {
    made_ += digits[static_cast<unsigned char>(byte) >> 4U];
    made_ += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return made_;
}

}  // namespace rehydra::codec
