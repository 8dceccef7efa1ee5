// Job: decimals as cells hold them: "41", "4.1E1", "0.30000000000000004".
// Callers: the cell reader.
// Promise: digits are handled as digits; nothing passes through binary floating point but serials.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rehydra::codec {

class Decimal {
 public:
  // [sign] digits [. digits] [e [sign] digits], with at least one digit in front of or behind the point.
  static std::optional<Decimal> parse(std::string_view text);

  static bool is_decimal(std::string_view text);
  // Sign and digits only.
  static std::optional<std::int64_t> plain_integer(std::string_view text);
  // The value where it is integral; numbers of more than 15 digits that are not count as rounded.
  static std::optional<std::int64_t> integral(std::string_view text);
  // The value where it is exactly integral, however it is written.
  static std::optional<std::int64_t> exact_integer(std::string_view text);
  // The value rounded to 15 significant digits, with no zero at its end: Java's "5.0" is "5" to a type that keeps
  // zeros.
  static std::optional<std::string_view> rounded(std::string_view text, std::string& scratch);
  // As a person sees it: no exponent where the digits fit a cell, no needless zeros.
  static std::optional<std::string_view> shown(std::string_view text, std::string& scratch);
  static std::optional<double> binary(std::string_view text);
  // As the server's numeric prints it: no exponent, at least scale digits behind the point.
  static std::optional<std::string_view> as_numeric(std::string_view text, int scale, std::string& scratch);
  // As the server's floating point types print these digits: with an exponent below 1e-4 and from 10^precision on.
  static std::optional<std::string_view> as_floating(std::string_view text, int precision, std::string& scratch);

  // The same value, to the last digit.
  bool operator==(const Decimal&) const = default;
  // Those that count: no zeros at either end.
  std::size_t digits() const noexcept { return digits_.size(); }

 private:
  static bool is_shortest(std::string_view text);
  void round(std::size_t digits);
  void append_shortest(std::string& out) const;
  void append_plain(std::string& out) const;
  void append_mantissa(std::string& out) const;
  void append_scientific(std::string& out) const;
  std::optional<std::int64_t> whole() const;

  bool negative_ = false;
  std::string digits_;         // significant: no zero at either end; empty for 0
  std::int64_t exponent_ = 0;  // the value is 0.digits * 10^exponent
};

}  // namespace rehydra::codec
