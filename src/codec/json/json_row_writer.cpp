// Job: encode a row's values as JSON, the hot path of an export as json.
// Callers: the exporter, a call a value.
// Promise: a number is written as one only where every program reads the same number back; all others are strings.
#include <charconv>

#include "codec/decimal_form.h"
#include "codec/json/json_text.h"
#include "codec/json/json_writer.h"
#include "codec/serial.h"
#include "codec/xml_text.h"

namespace rehydra::codec {
namespace {

constexpr std::int64_t largest_native = 999'999'999'999'999;

char* copy(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

void JsonRowWriter::begin() {
  put_raw(writer_.rows_++ == 0 ? "\n{" : ",\n{");
  writer_.member_ = 0;
}

void JsonRowWriter::end() {
  put_raw("}");
  if (writer_.json_.size() > JsonWriter::drain_bytes) {
    writer_.drain();
  }
}

void JsonRowWriter::put_raw(std::string_view text) {
  char* to = writer_.json_.room(text.size());
  writer_.json_.advance(copy(to, text));
}

void JsonRowWriter::put_value(const std::string& before, std::string_view value) {
  char* to = writer_.json_.room(before.size() + value.size());
  writer_.json_.advance(copy(copy(to, before), value));
}

void JsonRowWriter::put_string(const std::string& before, std::string_view value) {
  put_raw(before);
  append_json_string(writer_.json_, value);
}

void JsonRowWriter::null() {
  put_value(writer_.next_member().before, "null");
}

void JsonRowWriter::boolean(bool value) {
  put_value(writer_.next_member().before, value ? "true" : "false");
}

void JsonRowWriter::integer(std::int64_t value) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  integer(value, {digits, static_cast<std::size_t>(end - digits)});
}

void JsonRowWriter::integer(std::int64_t value, std::string_view digits) {
  const std::string& before = writer_.next_member().before;
  if (value <= largest_native && value >= -largest_native) {
    put_value(before, digits);
  } else {
    put_string(before, digits);
  }
}

void JsonRowWriter::decimal(std::string_view text) {
  const auto& member = writer_.next_member();
  if (is_native_decimal(text, member.fixed_scale)) {
    put_value(member.before, text);
  } else {
    put_string(member.before, text);
  }
}

void JsonRowWriter::date(std::int32_t days_since_2000) {
  writer_.scratch_.clear();
  append_iso_date(writer_.scratch_, days_since_2000);
  put_string(writer_.next_member().before, writer_.scratch_);
}

void JsonRowWriter::timestamp(std::int64_t micros_since_2000) {
  const auto& member = writer_.next_member();
  writer_.scratch_.clear();
  append_iso_timestamp(writer_.scratch_, micros_since_2000, member.kind == ColumnClass::timestamptz);
  join_iso_time(writer_.scratch_);
  put_string(member.before, writer_.scratch_);
}

void JsonRowWriter::text(std::string_view utf8) {
  put_string(writer_.next_member().before, utf8);
}

void JsonRowWriter::base64(std::string_view bytes) {
  const std::string& before = writer_.next_member().before;
  writer_.scratch_.clear();
  append_base64(writer_.scratch_, bytes);
  put_string(before, writer_.scratch_);
}

}  // namespace rehydra::codec
