// Job: dates and times as spreadsheet serials and ISO 8601 text, and serials back.
// Callers: row_writer.cpp and the cell reader; the digest's canonical texts.
// Promise: integer arithmetic on the way out, so that a second never moves.
#include "codec/serial.h"

#include <charconv>
#include <cmath>

#include "codec/time_digits.h"

namespace rehydra::codec {
namespace {

constexpr std::int64_t serial_of_2000 = 36'526;
constexpr std::int64_t first_serial = 61;        // 1900-03-01: before it programs disagree about 1900-02-29
constexpr std::int64_t last_serial = 2'958'465;  // 9999-12-31
constexpr std::int64_t days_from_1900_to_1904 = 1'462;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::int64_t micros_of_day(std::int64_t micros) {
  const std::int64_t rest = micros % micros_per_day;
  return rest < 0 ? rest + micros_per_day : rest;
}

// 15 significant digits in all, what every program keeps.
struct Fraction {
  int digits;
  std::int64_t scale;
};
Fraction fraction_for(std::int64_t serial) {
  if (serial < 100'000) {
    return {10, 10'000'000'000};
  }
  return serial < 1'000'000 ? Fraction{9, 1'000'000'000} : Fraction{8, 100'000'000};
}

char* put_number(char* to, std::int64_t value) {
  return std::to_chars(to, to + serial_bytes, value).ptr;
}

std::optional<double> in_1900_system(double serial, bool date1904) {
  const double shifted = date1904 ? serial + static_cast<double>(days_from_1900_to_1904) : serial;
  if (!(shifted >= static_cast<double>(first_serial) && shifted < static_cast<double>(last_serial + 1))) {
    return std::nullopt;  // also not a number
  }
  return shifted;
}

}  // namespace

std::optional<std::int64_t> date_serial(std::int32_t days_since_2000) {
  const std::int64_t serial = days_since_2000 + serial_of_2000;
  if (serial < first_serial || serial > last_serial) {
    return std::nullopt;
  }
  return serial;
}

char* put_timestamp_serial(char* to, std::int64_t micros_since_2000) noexcept {
  const std::int64_t serial = floor_divide(micros_since_2000, micros_per_day) + serial_of_2000;
  const std::int64_t micros = micros_of_day(micros_since_2000);
  if (micros % micros_per_second != 0 || serial < first_serial || serial > last_serial) {
    return nullptr;
  }
  to = put_number(to, serial);
  if (micros != 0) {
    const Fraction fraction = fraction_for(serial);
    const std::int64_t seconds = micros / micros_per_second;
    *to++ = '.';
    const std::int64_t scaled = (seconds * fraction.scale + seconds_per_day / 2) / seconds_per_day;
    to = put_digits(to, static_cast<std::uint64_t>(scaled), fraction.digits);
    while (to[-1] == '0') {
      --to;
    }
  }
  return to;
}

bool append_timestamp_serial(std::string& out, std::int64_t micros_since_2000) {
  char text[serial_bytes];
  const char* const end = put_timestamp_serial(text, micros_since_2000);
  out.append(text, end == nullptr ? 0 : static_cast<std::size_t>(end - text));
  return end != nullptr;
}

std::optional<std::int32_t> date_of_serial(double serial, bool date1904) {
  const auto shifted = in_1900_system(serial, date1904);
  if (!shifted || std::floor(*shifted) != *shifted) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(static_cast<std::int64_t>(*shifted) - serial_of_2000);
}

std::optional<std::int64_t> timestamp_of_serial(double serial, bool date1904) {
  const auto shifted = in_1900_system(serial, date1904);
  if (!shifted) {
    return std::nullopt;
  }
  const double day = std::floor(*shifted);
  const double seconds = (*shifted - day) * static_cast<double>(seconds_per_day);
  const double nearest = std::round(seconds);
  // Programs keep milliseconds; what lies below is noise of the binary fraction.
  const std::int64_t micros = std::fabs(seconds - nearest) <= 0.002 ? std::llround(nearest) * micros_per_second
                                                                    : std::llround(seconds * 1'000) * 1'000;
  return (static_cast<std::int64_t>(day) - serial_of_2000) * micros_per_day + micros;
}

void append_iso_date(std::string& out, std::int32_t days_since_2000) {
  char text[iso_bytes];
  out.append(text, static_cast<std::size_t>(put_iso_date(text, days_since_2000) - text));
}

void append_iso_timestamp(std::string& out, std::int64_t micros_since_2000, bool zone) {
  char text[iso_bytes];
  out.append(text, static_cast<std::size_t>(put_iso_timestamp(text, micros_since_2000, zone) - text));
}

void join_iso_time(std::string& text) noexcept {
  constexpr std::size_t space = 10;
  if (text.size() > space && text[4] == '-' && text[space] == ' ' && text.back() != 'C') {
    text[space] = 'T';
  }
}

}  // namespace rehydra::codec
