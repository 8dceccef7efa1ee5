// Job: encode a row's fields as RFC 4180, the hot path of an export as csv.
// Callers: the exporter, a call a field; the header.
// Promise: a field comes back as what was written also from a spreadsheet program that opened and saved it; where bare
// text would not, it is a JSON string literal. Only blank fields are NULL.
#include <charconv>

#include "codec/csv/csv_text.h"
#include "codec/csv/csv_writer.h"
#include "codec/decimal_form.h"
#include "codec/literal.h"
#include "codec/serial.h"
#include "codec/xml_text.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

// What a byte asks for: quotes around the field, or a look at the whole of it.
enum Care : std::uint8_t { none = 0, quote = 1, look = 2 };

constexpr std::array<std::uint8_t, 256> make_care() {
  std::array<std::uint8_t, 256> care{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) {
    care[byte] = quote | look;
  }
  for (const char c : {'"', ',', ';', '\t', '\n'}) {
    care[static_cast<unsigned char>(c)] = quote;
  }
  care['_'] = look;   // _xHHHH_
  care[0xEF] = look;  // noncharacters
  return care;
}
constexpr std::array<std::uint8_t, 256> care_of = make_care();

std::uint8_t care(std::string_view text) noexcept {
  std::uint8_t found = none;
  for (const char c : text) {
    found |= care_of[static_cast<unsigned char>(c)];
  }
  return found;
}

// First bytes behind which a formula, a value or a literal may stand; all others begin ordinary words.
constexpr std::array<bool, 256> make_starts() {
  std::array<bool, 256> starts{};
  for (std::size_t byte = 0; byte < 'A'; ++byte) {
    starts[byte] = true;
  }
  for (const char c : std::string_view("adfjmnostADFJMNOST[")) {
    starts[static_cast<unsigned char>(c)] = true;
  }
  for (std::size_t byte = 0x80; byte < 256; ++byte) {
    starts[byte] = true;
  }
  return starts;
}
constexpr std::array<bool, 256> starts = make_starts();

bool must_be_literal(std::string_view text, std::uint8_t found) {
  if (text.empty() || ((found & look) != 0 && needs_literal(text))) {
    return true;
  }
  return starts[static_cast<unsigned char>(text.front())] &&
         (needs_literal(text) || looks_like_formula(text) || looks_like_value(text));
}

std::size_t shown_characters(std::string_view number) {
  return number.size() - (number.starts_with('-') ? 1 : 0);
}

}  // namespace

void CsvRowWriter::begin() {
  writer_.column_ = 0;
  ++writer_.rows_;
}

void CsvRowWriter::end() {
  char* to = writer_.csv_.room(2);
  *to++ = '\r';
  *to++ = '\n';
  writer_.csv_.advance(to);
  if (writer_.csv_.size() > CsvWriter::drain_bytes) {
    writer_.drain();
  }
}

void CsvRowWriter::separate() {
  if (writer_.column_ >= writer_.columns_.size()) {
    throw Failure(ErrorKind::internal, "a row has more fields than its file has columns");
  }
  if (writer_.column_++ > 0) {
    char* to = writer_.csv_.room(1);
    *to++ = ',';
    writer_.csv_.advance(to);
  }
}

void CsvRowWriter::put(std::string_view field) {
  char* to = writer_.csv_.room(field.size());
  std::memcpy(to, field.data(), field.size());
  writer_.csv_.advance(to + field.size());
}

void CsvRowWriter::put_quoted(std::string_view field) {
  char* to = writer_.csv_.room(2 * field.size() + 2);
  *to++ = '"';
  for (const char c : field) {
    if (c == '"') {
      *to++ = '"';
    }
    *to++ = c;
  }
  *to++ = '"';
  writer_.csv_.advance(to);
}

void CsvRowWriter::null() {
  separate();
}

void CsvRowWriter::boolean(bool value) {
  separate();
  put(value ? "true" : "false");
}

void CsvRowWriter::integer(std::int64_t value) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  integer(value, {digits, static_cast<std::size_t>(end - digits)});
}

void CsvRowWriter::integer(std::int64_t, std::string_view digits) {
  if (shown_characters(digits) > most_shown_characters) {
    text(digits);
    return;
  }
  separate();
  put(digits);
}

void CsvRowWriter::decimal(std::string_view number) {
  const bool fixed = writer_.column_ < writer_.columns_.size() && writer_.columns_[writer_.column_].fixed_scale;
  if (shown_characters(number) > most_shown_characters || !is_native_decimal(number, fixed) ||
      number.find('e') != std::string_view::npos) {
    text(number);
    return;
  }
  separate();
  put(number);
}

void CsvRowWriter::date(std::int32_t days_since_2000) {
  writer_.scratch_.clear();
  append_iso_date(writer_.scratch_, days_since_2000);
  if (!date_serial(days_since_2000)) {
    text(writer_.scratch_);
    return;
  }
  separate();
  put(writer_.scratch_);
}

void CsvRowWriter::timestamp(std::int64_t micros_since_2000) {
  const bool zone =
      writer_.column_ < writer_.columns_.size() && writer_.columns_[writer_.column_].kind == ColumnClass::timestamptz;
  std::string& scratch = writer_.scratch_;
  scratch.clear();
  const bool native = append_timestamp_serial(scratch, micros_since_2000);
  scratch.clear();
  append_iso_timestamp(scratch, micros_since_2000, zone);
  if (!native) {
    text(scratch);
    return;
  }
  join_iso_time(scratch);
  separate();
  put(scratch);
}

void CsvRowWriter::text(std::string_view utf8) {
  separate();
  const std::uint8_t found = care(utf8);
  if (must_be_literal(utf8, found)) {
    writer_.literal_.clear();
    append_literal(writer_.literal_, utf8);
    put_quoted(writer_.literal_);
  } else if ((found & quote) != 0) {
    put_quoted(utf8);
  } else {
    put(utf8);
  }
}

void CsvRowWriter::base64(std::string_view bytes) {
  std::string& scratch = writer_.scratch_;
  scratch.clear();
  append_base64(scratch, bytes);
  text(scratch);
}

}  // namespace rehydra::codec
