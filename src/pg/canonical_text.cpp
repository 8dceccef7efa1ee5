#include "pg/canonical_text.h"

#include <charconv>

#include "codec/serial.h"
#include "codec/time_digits.h"

namespace rehydra::pg {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_integer(std::string& out, std::int64_t value) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

// The server leaves out trailing zeros of a fraction, and puts the zone before the era.
void append_distant_timestamp(std::string& out, std::int64_t micros, bool zone) {
  constexpr std::string_view era = " BC";
  codec::append_iso_timestamp(out, micros, false);
  if (TIMESTAMP_NOT_FINITE(micros)) {
    return;
  }
  const bool before_christ = out.ends_with(era);
  if (before_christ) {
    out.resize(out.size() - era.size());
  }
  if (micros % USECS_PER_SEC != 0) {
    out.resize(out.find_last_not_of('0') + 1);
  }
  if (zone) {
    out += "+00";
  }
  if (before_christ) {
    out += era;
  }
}

void append_timestamp(std::string& out, std::int64_t micros, bool zone) {
  constexpr std::int64_t first = -63'082'281'600'000'000;  // 0001-01-01, and behind 9999-12-31
  constexpr std::int64_t end = 252'455'616'000'000'000;
  if (micros < first || micros >= end) {
    append_distant_timestamp(out, micros, zone);
    return;
  }
  const std::int64_t time = (micros % USECS_PER_DAY + USECS_PER_DAY) % USECS_PER_DAY;
  char text[48];
  char* to = codec::put_civil(text, codec::civil_of((micros - time) / USECS_PER_DAY));
  *to++ = ' ';
  to = codec::put_clock(to, time);
  if (time % USECS_PER_SEC != 0) {
    while (to[-1] == '0') {
      --to;
    }
  }
  out.append(text, static_cast<std::size_t>(to - text));
  if (zone) {
    out += "+00";
  }
}

void append_uuid(std::string& out, const pg_uuid_t* uuid) {
  char text[36];
  char* to = text;
  for (int i = 0; i < UUID_LEN; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      *to++ = '-';
    }
    *to++ = hex_digits[uuid->data[i] >> 4];
    *to++ = hex_digits[uuid->data[i] & 15];
  }
  out.append(text, sizeof text);
}

}  // namespace

TextForm text_form(const Type& type) noexcept {
  switch (type.base) {
    case BOOLOID:
      return TextForm::boolean;
    case INT2OID:
      return TextForm::int2;
    case INT4OID:
      return TextForm::int4;
    case INT8OID:
      return TextForm::int8;
    case DATEOID:
      return TextForm::date;
    case TIMESTAMPOID:
      return TextForm::timestamp;
    case TIMESTAMPTZOID:
      return TextForm::timestamptz;
    case UUIDOID:
      return TextForm::uuid;
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case JSONOID:
    case XMLOID:  // xml's output drops a declaration of version 1.0
      return TextForm::text;
    case BYTEAOID:
      return TextForm::bytea;
    default:
      return TextForm::server;
  }
}

void append_canonical(std::string& out, TextForm form, Datum value) {
  switch (form) {
    case TextForm::boolean:
      out += DatumGetBool(value) ? 't' : 'f';
      break;
    case TextForm::int2:
      append_integer(out, DatumGetInt16(value));
      break;
    case TextForm::int4:
      append_integer(out, DatumGetInt32(value));
      break;
    case TextForm::int8:
      append_integer(out, DatumGetInt64(value));
      break;
    case TextForm::date:
      codec::append_iso_date(out, DatumGetDateADT(value));
      break;
    case TextForm::timestamp:
      append_timestamp(out, DatumGetTimestamp(value), false);
      break;
    case TextForm::timestamptz:
      append_timestamp(out, DatumGetTimestampTz(value), true);
      break;
    case TextForm::uuid:
      append_uuid(out, DatumGetUUIDP(value));
      break;
    case TextForm::text:
    case TextForm::bytea:
    case TextForm::server:
      break;
  }
}

void append_hex(std::string& out, std::string_view bytes) {
  out += "\\x";
  const std::size_t start = out.size();
  out.resize(start + bytes.size() * 2);
  char* to = out.data() + start;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    *to++ = hex_digits[value >> 4];
    *to++ = hex_digits[value & 15];
  }
}

}  // namespace rehydra::pg
