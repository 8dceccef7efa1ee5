// Job: dates and times as spreadsheet serials and back (days since 1899-12-30, fractions are the time of day).
// Units: PostgreSQL's own, days and microseconds since 2000-01-01.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace rehydra::codec {

// Serials are written natively only from 1900-03-01 to 9999-12-31, and timestamps only on whole seconds: outside of
// that programs disagree or lose digits, and the value is written as ISO text. Nothing when the value is outside.
std::optional<std::int64_t> date_serial(std::int32_t days_since_2000);
// Appends the serial's decimal (exact enough that every program finds the same second again); false = write ISO text.
bool append_timestamp_serial(std::string& out, std::int64_t micros_since_2000);
// The same in place, at most serial_bytes: its end, or nullptr.
constexpr std::size_t serial_bytes = 32;
char* put_timestamp_serial(char* to, std::int64_t micros_since_2000) noexcept;

// A serial as read from a file. Timestamps within 2 ms of a whole second are that second. A date's serial must be
// integral.
std::optional<std::int32_t> date_of_serial(double serial, bool date1904);
std::optional<std::int64_t> timestamp_of_serial(double serial, bool date1904);

// ISO 8601: "2024-01-31", "2024-01-31 12:34:56.123456" (always 6 digits when the microseconds are not 0, none else;
// years past 9999 and BC as PostgreSQL prints them). zone appends "Z".
void append_iso_date(std::string& out, std::int32_t days_since_2000);
void append_iso_timestamp(std::string& out, std::int64_t micros_since_2000, bool zone);

// Puts a T between date and time, as strict readers of ISO 8601 want it; years before 1 and past 9999 stay as
// PostgreSQL prints them.
void join_iso_time(std::string& text) noexcept;

}  // namespace rehydra::codec
