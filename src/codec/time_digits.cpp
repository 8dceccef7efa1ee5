#include "codec/time_digits.h"

#include <charconv>
#include <limits>

#include "codec/short_copy.h"

namespace rehydra::codec {

namespace {

constexpr std::uint32_t days_per_cycle = 146'097;

char* put_era(char* to, const Civil& civil) noexcept {
  return civil.year <= 0 ? copy_short(to, " BC") : to;
}

// PostgreSQL's marks for the two infinities; nullptr where the value is none.
template <typename Integer>
char* put_infinity(char* to, Integer value) noexcept {
  if (value == std::numeric_limits<Integer>::max()) {
    return copy_short(to, "infinity");
  }
  return value == std::numeric_limits<Integer>::min() ? copy_short(to, "-infinity") : nullptr;
}

}  // namespace

// By C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022): years
// start on 1 March, so that the leap day is a year's last; divisions by constants that are near powers of two.
Civil civil_of(std::int64_t days_since_2000) noexcept {
  constexpr std::int64_t cycles = 20'000;  // of 400 years, so that no day is negative
  const auto days = static_cast<std::uint64_t>(days_since_2000 + 730'425 + cycles * days_per_cycle);
  const std::uint64_t quarters = 4 * days + 3;
  const std::uint64_t century = quarters / days_per_cycle;
  const std::uint64_t scaled = 2'939'745 * (quarters % days_per_cycle | 3U);
  const std::uint64_t year = 100 * century + (scaled >> 32U);
  const std::uint32_t in_year = static_cast<std::uint32_t>(scaled) / 2'939'745 / 4;
  const std::uint32_t months = 2'141 * in_year + 197'913;
  const bool next_year = in_year >= 306;
  return {static_cast<std::int64_t>(year + (next_year ? 1 : 0)) - 400 * cycles, (months >> 16U) - (next_year ? 12 : 0),
          (months & 0xFFFFU) / 2'141 + 1};
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
