// Job: digits, dates and times of day into a buffer, in the forms that ISO 8601 and PostgreSQL share.
// Callers: the serials and ISO texts of cells, the canonical texts of values: the hot path of every timestamp.
// Promise: no allocation, no check of the buffer: each function says what it takes at most.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace rehydra::codec {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t micros_per_day = seconds_per_day * micros_per_second;

namespace detail {

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> pairs = make_pairs();

}  // namespace detail

// Of a value below 100.
inline char* put_two(char* to, std::uint32_t value) noexcept {
  std::memcpy(to, detail::pairs.data() + 2 * std::size_t{value}, 2);
  return to + 2;
}

// Of a value that has no more digits.
inline char* put_digits(char* to, std::uint64_t value, int digits) noexcept {
  char* at = to + digits;
  for (; at - to >= 2; value /= 100) {
    at -= 2;
    put_two(at, static_cast<std::uint32_t>(value % 100));
  }
  if (at != to) {
    *to = static_cast<char>('0' + value % 10);
  }
  return to + digits;
}

// hh:mm:ss, and .ffffff where the microseconds are not 0: 15 characters.
inline char* put_clock(char* to, std::int64_t micros_of_day) noexcept {
  const auto seconds = static_cast<std::uint32_t>(micros_of_day / micros_per_second);
  const auto micros = static_cast<std::uint32_t>(micros_of_day % micros_per_second);
  to = put_two(to, seconds / 3'600);
  *to++ = ':';
  to = put_two(to, seconds / 60 % 60);
  *to++ = ':';
  to = put_two(to, seconds % 60);
  if (micros != 0) {
    *to++ = '.';
    to = put_digits(to, micros, 6);
  }
  return to;
}

struct Civil {
  std::int64_t year;  // astronomical: 0 is 1 BC
  std::uint32_t month;
  std::uint32_t day;
};
Civil civil_of(std::int64_t days_since_2000) noexcept;

// yyyy-mm-dd; a year before Christ is counted from there, its era is the caller's to say. 26 characters.
char* put_civil(char* to, const Civil& civil) noexcept;

// As append_iso_date and append_iso_timestamp say (codec/serial.h); iso_bytes at most.
constexpr std::size_t iso_bytes = 64;
char* put_iso_date(char* to, std::int32_t days_since_2000) noexcept;
char* put_iso_timestamp(char* to, std::int64_t micros_since_2000, bool zone) noexcept;

}  // namespace rehydra::codec
