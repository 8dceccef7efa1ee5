#include "importer/narrowed.h"

#include <algorithm>
#include <charconv>

#include "codec/decimal.h"
#include "codec/json/repeated_member.h"
#include "codec/utf.h"
#include "pg/intervals.h"

namespace rehydra::importer {

namespace {

// "2024-01-31 10:20:30": midnight alone is a day.
bool has_time_of_day(std::string_view text) {
  const std::size_t time = text.find(' ');
  return time != std::string_view::npos && text.find(':') != std::string_view::npos &&
         text.substr(time + 1).find_first_of("123456789") != std::string_view::npos;
}

// Without zeros at their end: 2 in "12.340" and in "10:20:30.5100+02".
std::size_t digits_behind_point(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) {
    return 0;
  }
  const std::size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  const std::size_t last = text.substr(0, end).find_last_not_of('0');
  return last - point;
}

// A decimal that the nearest binary number is not, to as many digits. What is out of its range the type refuses itself.
template <typename Binary>
bool would_round(std::string_view text) {
  const auto given = codec::Decimal::parse(text);
  Binary nearest = 0;
  if (!given || std::from_chars(text.data(), text.data() + text.size(), nearest).ec != std::errc()) {
    return false;
  }
  constexpr std::size_t beside_digits = 16;  // sign, point, exponent
  const std::size_t count = std::max<std::size_t>(given->digits(), 1);
  std::string kept(count + beside_digits, '\0');
  const char* const end = std::to_chars(kept.data(), kept.data() + kept.size(), nearest, std::chars_format::scientific,
                                        static_cast<int>(count) - 1)
                              .ptr;
  return codec::Decimal::parse({kept.data(), end}) != given;
}

// Longer texts are refused by the type unless what is too much are blanks, as the standard has it.
bool would_cut_blanks(std::string_view text, std::size_t most) {
  const std::size_t last = text.find_last_not_of(' ');
  const std::size_t kept = last == std::string_view::npos ? 0 : last + 1;
  const std::size_t blanks = text.size() - kept;
  const std::size_t characters = blanks != 0 ? codec::characters(text) : 0;
  return characters != 0 && characters > most && characters - blanks <= most;
}

}  // namespace

bool would_lose(std::string_view text, const pg::Type& type) {
  switch (type.base) {
    case DATEOID:
      return has_time_of_day(text);
    case TIMEOID:
    case TIMETZOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
      return type.base_typmod >= 0 && digits_behind_point(text.substr(std::min(text.find(':'), text.size()))) >
                                          static_cast<std::size_t>(type.base_typmod);
    case FLOAT4OID:
      return would_round<float>(text);
    case FLOAT8OID:
      return would_round<double>(text);
    case NUMERICOID:
      return type.column.scale >= 0 && text.find_first_of("eE") == std::string_view::npos &&
             digits_behind_point(text) > static_cast<std::size_t>(type.column.scale);
    case VARCHAROID:
      return type.base_typmod >= VARHDRSZ &&
             would_cut_blanks(text, static_cast<std::size_t>(type.base_typmod - VARHDRSZ));
    case NAMEOID:
      return text.size() >= NAMEDATALEN;
    case INTERVALOID:
      return pg::narrows_interval(type, text);
    case JSONBOID:
      return codec::has_repeated_member(text);
    default:
      return false;
  }
}

}  // namespace rehydra::importer
