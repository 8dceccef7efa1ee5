#include "codec/time_digits.h"

#include <charconv>
#include <limits>
#include <string_view>

namespace rehydra::codec {

namespace {

constexpr std::uint32_t days_per_cycle = 146'097;

char* put_text(char* to, std::string_view text) noexcept {
  return to + text.copy(to, text.size());
}

char* put_era(char* to, const Civil& civil) noexcept {
  return civil.year <= 0 ? put_text(to, " BC") : to;
}

// PostgreSQL's marks for the two infinities; nullptr where the value is none.
template <typename Integer>
char* put_infinity(char* to, Integer value) noexcept {
  if (value == std::numeric_limits<Integer>::max()) {
    return put_text(to, "infinity");
  }
  return value == std::numeric_limits<Integer>::min() ? put_text(to, "-infinity") : nullptr;
}

}  // namespace

// Counts in 400-year cycles of years that start on 1 March, so that the leap day is a year's last.
Civil civil_of(std::int64_t days_since_2000) noexcept {
  const std::int64_t days = days_since_2000 + 730'425;  // since 0000-03-01
  const std::int64_t cycle = days / days_per_cycle - (days % days_per_cycle < 0 ? 1 : 0);
  const auto in_cycle = static_cast<std::uint32_t>(days - cycle * days_per_cycle);
  const std::uint32_t year = (in_cycle - in_cycle / 1'460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
  const std::uint32_t in_year = in_cycle - (365 * year + year / 4 - year / 100);
  const std::uint32_t march_month = (5 * in_year + 2) / 153;
  const std::uint32_t day = in_year - (153 * march_month + 2) / 5 + 1;
  const std::uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {cycle * 400 + year + (month <= 2 ? 1 : 0), month, day};
}

char* put_civil(char* to, const Civil& civil) noexcept {
  const std::int64_t year = civil.year > 0 ? civil.year : 1 - civil.year;
  to = year < 10'000 ? put_digits(to, static_cast<std::uint64_t>(year), 4) : std::to_chars(to, to + 20, year).ptr;
  *to++ = '-';
  to = put_two(to, civil.month);
  *to++ = '-';
  return put_two(to, civil.day);
}

char* put_iso_date(char* to, std::int32_t days_since_2000) noexcept {
  if (char* const end = put_infinity(to, days_since_2000)) {
    return end;
  }
  const Civil civil = civil_of(days_since_2000);
  return put_era(put_civil(to, civil), civil);
}

char* put_iso_timestamp(char* to, std::int64_t micros_since_2000, bool zone) noexcept {
  if (char* const end = put_infinity(to, micros_since_2000)) {
    return end;
  }
  const std::int64_t rest = micros_since_2000 % micros_per_day;
  const std::int64_t time = rest < 0 ? rest + micros_per_day : rest;
  const Civil civil = civil_of(micros_since_2000 / micros_per_day - (rest < 0 ? 1 : 0));
  to = put_civil(to, civil);
  *to++ = ' ';
  to = put_clock(to, time);
  if (zone) {
    *to++ = 'Z';
  }
  return put_era(to, civil);
}

}  // namespace rehydra::codec
