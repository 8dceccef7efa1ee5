// Job: one pass over a decimal's text: digits, significant digits, trailing zeros, exponent.
// Callers: the row writer.
// Promise: see the header; text that is no plain decimal (NaN, Infinity) is never native.
#include "codec/decimal_form.h"

#include <charconv>

namespace rehydra::codec {
namespace {

constexpr int most_digits = 15;
constexpr std::size_t longest = 32;
constexpr int largest_exponent = 300;  // doubles end at 308, and lose digits below -307

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

struct Form {
  int digits = 0;
  int significant = 0;  // up to the last digit that is not 0
  int since_first = 0;  // digits from the first that is not 0
  bool point = false;
  bool ends_in_zero = false;

  void digit(char c) noexcept {
    ++digits;
    ends_in_zero = c == '0';
    if (c != '0' || since_first > 0) {
      ++since_first;
    }
    if (c != '0') {
      significant = since_first;
    }
  }
};

// Reads digits and at most one point; returns what follows them.
std::string_view read_digits(std::string_view text, Form& form) noexcept {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_digit(text[at])) {
      form.digit(text[at]);
    } else if (text[at] == '.' && !form.point) {
      form.point = true;
    } else {
      break;
    }
  }
  return text.substr(at);
}

bool is_small_exponent(std::string_view text) noexcept {
  text.remove_prefix(1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  return error == std::errc() && end == text.data() + text.size() && exponent <= largest_exponent &&
         exponent >= -largest_exponent;
}

}  // namespace

bool is_native_decimal(std::string_view text, bool fixed_scale) noexcept {
  if (text.empty() || text.size() > longest) {
    return false;
  }
  const bool negative = text.front() == '-';
  Form form;
  const std::string_view rest = read_digits(text.substr(negative ? 1 : 0), form);
  if (form.digits == 0 || form.significant > most_digits) {
    return false;
  }
  const bool loses_zeros = form.point && form.ends_in_zero && !fixed_scale;
  const bool negative_zero = negative && form.significant == 0;
  if (loses_zeros || negative_zero) {
    return false;
  }
  return rest.empty() || (rest.front() == 'e' && is_small_exponent(rest));
}

}  // namespace rehydra::codec
