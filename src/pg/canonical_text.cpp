#include "pg/canonical_text.h"

#include <charconv>

#include "codec/short_copy.h"
#include "codec/time_digits.h"

namespace rehydra::pg {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

char* put_integer(char* to, std::int64_t value) {
  return std::to_chars(to, to + canonical_bytes, value).ptr;
}

// The server leaves out trailing zeros of a fraction, and puts the zone before the era.
char* put_distant_timestamp(char* to, std::int64_t micros, bool zone) {
  constexpr std::string_view era = " BC";
  char* end = codec::put_iso_timestamp(to, micros, false);
  if (TIMESTAMP_NOT_FINITE(micros)) {
    return end;
  }
  const bool before_christ = std::string_view(to, static_cast<std::size_t>(end - to)).ends_with(era);
  end -= before_christ ? era.size() : 0;
  while (micros % USECS_PER_SEC != 0 && end[-1] == '0') {
    --end;
  }
  end = codec::copy_short(end, zone ? "+00" : "");
  return codec::copy_short(end, before_christ ? era : "");
}

char* put_timestamp(char* to, std::int64_t micros, bool zone) {
  constexpr std::int64_t first = -63'082'281'600'000'000;  // 0001-01-01, and behind 9999-12-31
  constexpr std::int64_t end = 252'455'616'000'000'000;
  if (micros < first || micros >= end) {
    return put_distant_timestamp(to, micros, zone);
  }
  const std::int64_t time = (micros % USECS_PER_DAY + USECS_PER_DAY) % USECS_PER_DAY;
  to = codec::put_civil(to, codec::civil_of((micros - time) / USECS_PER_DAY));
  *to++ = ' ';
  to = codec::put_clock(to, time);
  while (time % USECS_PER_SEC != 0 && to[-1] == '0') {
    --to;
  }
  return zone ? codec::copy_short(to, "+00") : to;
}

char* put_uuid(char* to, const pg_uuid_t* uuid) {
  for (int i = 0; i < UUID_LEN; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      *to++ = '-';
    }
    *to++ = hex_digits[uuid->data[i] >> 4];
    *to++ = hex_digits[uuid->data[i] & 15];
  }
  return to;
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

char* put_canonical(char* to, TextForm form, Datum value) {
  switch (form) {
    case TextForm::boolean:
      *to++ = DatumGetBool(value) ? 't' : 'f';
      return to;
    case TextForm::int2:
      return put_integer(to, DatumGetInt16(value));
    case TextForm::int4:
      return put_integer(to, DatumGetInt32(value));
    case TextForm::int8:
      return put_integer(to, DatumGetInt64(value));
    case TextForm::date:
      return codec::put_iso_date(to, DatumGetDateADT(value));
    case TextForm::timestamp:
      return put_timestamp(to, DatumGetTimestamp(value), false);
    case TextForm::timestamptz:
      return put_timestamp(to, DatumGetTimestampTz(value), true);
    case TextForm::uuid:
      return put_uuid(to, DatumGetUUIDP(value));
    case TextForm::text:
    case TextForm::bytea:
    case TextForm::server:
      break;
  }
  return to;
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
