// Job: read, round and print decimals.
// Callers: the cell reader.
// Promise: exponents past what a server's numeric holds are no decimals, so that no conversion behind this one fails.
#include "codec/decimal.h"

#include <algorithm>
#include <charconv>

namespace rehydra::codec {
namespace {

constexpr std::size_t spreadsheet_digits = 15;
constexpr std::int64_t largest_exponent = 1'000;
constexpr std::int64_t plain_digits = 21;  // longer numbers are shown with an exponent
constexpr std::int64_t plain_zeros = 5;    // behind the point, in front of the first digit

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const char* behind_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) {
    ++at;
  }
  return at;
}

std::string_view take_digits(std::string_view& text) {
  const auto count = static_cast<std::size_t>(behind_digits(text.data(), text.data() + text.size()) - text.data());
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  return negative;
}

// The exponent behind the digits; nothing where it is malformed or too large. Takes the text to its end.
std::optional<std::int64_t> take_exponent(std::string_view& text) {
  if (text.empty()) {
    return 0;
  }
  if (text.front() != 'e' && text.front() != 'E') {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || !text.empty() || error != std::errc() || value > largest_exponent) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<std::int64_t> to_integer(bool negative, std::string_view digits) {
  constexpr std::size_t surely_fitting = 18;
  std::int64_t value = 0;
  if (digits.size() <= surely_fitting) {
    for (const char digit : digits) {
      value = value * 10 + (digit - '0');
    }
    return negative ? -value : value;
  }
  std::string text(negative ? 1 : 0, '-');
  text += digits;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// Digits, perhaps with a point between them, so few that nothing is rounded, and none that could be left out behind the
// point: as nearly all cells have them.
bool is_plain_and_short(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* const first = text.data() + (text.starts_with('-') ? 1 : 0);
  const char* const point = behind_digits(first, end);
  const auto before = static_cast<std::size_t>(point - first);
  if (point == end || before == 0) {
    return before != 0 && before <= spreadsheet_digits;
  }
  const char* const last = behind_digits(point + 1, end);
  const auto digits = static_cast<std::size_t>(end - first) - 1;
  return *point == '.' && last == end && last != point + 1 && digits <= spreadsheet_digits && text.back() != '0';
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal made;
  made.negative_ = take_sign(text);
  const std::string_view before = take_digits(text);
  std::string_view after;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = take_digits(text);
  }
  const auto exponent = take_exponent(text);
  if ((before.empty() && after.empty()) || !exponent) {
    return std::nullopt;
  }
  made.digits_.append(before).append(after);
  made.exponent_ = static_cast<std::int64_t>(before.size()) + *exponent;
  const std::size_t zeros = std::min(made.digits_.find_first_not_of('0'), made.digits_.size());
  made.digits_.erase(0, zeros);
  made.exponent_ -= static_cast<std::int64_t>(zeros);
  made.digits_.erase(made.digits_.find_last_not_of('0') + 1);
  if (made.digits_.empty()) {
    made.exponent_ = 0;
  }
  return made;
}

bool Decimal::is_decimal(std::string_view text) {
  return parse(text).has_value();
}

std::optional<std::int64_t> Decimal::plain_integer(std::string_view text) {
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  return digits.empty() || !text.empty() ? std::nullopt : to_integer(negative, digits);
}

std::optional<std::int64_t> Decimal::integral(std::string_view text) {
  if (const auto simple = plain_integer(text)) {
    return simple;
  }
  auto decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  const auto exact = decimal->whole();
  if (exact || decimal->digits_.size() <= spreadsheet_digits) {
    return exact;
  }
  decimal->round(spreadsheet_digits);
  return decimal->whole();
}

std::optional<std::int64_t> Decimal::exact_integer(std::string_view text) {
  if (const auto simple = plain_integer(text)) {
    return simple;
  }
  const auto decimal = parse(text);
  return decimal ? decimal->whole() : std::nullopt;
}

// True where no zero could be dropped from the end: "5" and "1.25", but not "5.0" or "5E0".
bool Decimal::is_shortest(std::string_view text) {
  const std::size_t odd = text.find_first_of(".eE");
  return odd == std::string_view::npos ||
         (text[odd] == '.' && text.find_first_of("eE", odd) == std::string_view::npos && text.back() != '0');
}

std::optional<std::string_view> Decimal::rounded(std::string_view text, std::string& scratch) {
  if (is_plain_and_short(text)) {
    return text;
  }
  auto decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  if (decimal->digits_.size() <= spreadsheet_digits && is_shortest(text)) {
    return text;
  }
  decimal->round(spreadsheet_digits);
  decimal->append_shortest(scratch);
  return scratch;
}

std::optional<std::string_view> Decimal::shown(std::string_view text, std::string& scratch) {
  auto decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  decimal->round(spreadsheet_digits);
  decimal->negative_ &= !decimal->digits_.empty();
  decimal->append_shortest(scratch);
  return scratch;
}

void Decimal::append_shortest(std::string& out) const {
  out.clear();
  if (exponent_ > plain_digits || exponent_ < -plain_zeros) {
    append_scientific(out);
  } else {
    append_plain(out);
  }
}

std::optional<double> Decimal::binary(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && is_decimal(text) ? std::optional(value)
                                                                                      : std::nullopt;
}

std::optional<std::string_view> Decimal::as_numeric(std::string_view text, int scale, std::string& scratch) {
  auto decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  const bool unsigned_zero = decimal->digits_.empty() && decimal->negative_;  // no numeric is -0
  decimal->negative_ &= !unsigned_zero;
  const bool plain = !unsigned_zero && is_digit(text[text.starts_with('-') ? 1 : 0]) &&
                     text.find_first_of("eE") == std::string_view::npos;
  const std::size_t point = plain ? std::min(text.find('.'), text.size()) : 0;
  const std::size_t zeros_wanted = static_cast<std::size_t>(std::max(scale, 0));
  if (plain && scale < 0) {
    return text;  // its zeros behind the point are part of the value
  }
  if (plain && text.size() - std::min(point + 1, text.size()) == zeros_wanted) {
    return text;
  }
  scratch.clear();
  decimal->append_plain(scratch);
  const std::size_t behind = scratch.find('.') == std::string::npos ? 0 : scratch.size() - scratch.find('.') - 1;
  if (behind < zeros_wanted) {
    scratch += behind == 0 ? "." : "";
    scratch.append(zeros_wanted - behind, '0');
  }
  return scratch;
}

std::optional<std::string_view> Decimal::as_floating(std::string_view text, int precision, std::string& scratch) {
  const auto decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  scratch.clear();
  const std::int64_t exponent = decimal->exponent_ - 1;
  if (decimal->digits_.empty() || (exponent >= -4 && exponent < precision)) {
    decimal->append_plain(scratch);
    return scratch;
  }
  decimal->append_mantissa(scratch);
  scratch += exponent < 0 ? "e-" : "e+";
  const std::int64_t size = exponent < 0 ? -exponent : exponent;
  scratch += size < 10 ? "0" : "";
  scratch += std::to_string(size);
  return scratch;
}

// Half away from zero, as spreadsheets do.
void Decimal::round(std::size_t digits) {
  if (digits_.size() <= digits) {
    return;
  }
  const bool up = digits_[digits] >= '5';
  digits_.resize(digits);
  if (up) {
    std::size_t at = digits;
    while (at > 0 && digits_[at - 1] == '9') {
      digits_[--at] = '0';
    }
    if (at > 0) {
      ++digits_[at - 1];
    } else {
      digits_.insert(0, 1, '1');
      ++exponent_;
    }
  }
  digits_.erase(digits_.find_last_not_of('0') + 1);
}

void Decimal::append_plain(std::string& out) const {
  out += negative_ ? "-" : "";
  if (digits_.empty()) {
    out += '0';
    return;
  }
  if (exponent_ <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent_), '0');
    out += digits_;
    return;
  }
  const std::size_t before = static_cast<std::size_t>(exponent_);
  out.append(digits_, 0, before);
  out.append(before > digits_.size() ? before - digits_.size() : 0, '0');
  if (digits_.size() > before) {
    out += '.';
    out.append(digits_, before);
  }
}

void Decimal::append_mantissa(std::string& out) const {
  out += negative_ ? "-" : "";
  out += digits_.front();
  if (digits_.size() > 1) {
    out += '.';
    out.append(digits_, 1);
  }
}

void Decimal::append_scientific(std::string& out) const {
  append_mantissa(out);
  out += exponent_ > 0 ? "E+" : "E";
  out += std::to_string(exponent_ - 1);
}

std::optional<std::int64_t> Decimal::whole() const {
  constexpr std::int64_t most_digits = 19;
  const auto count = static_cast<std::int64_t>(digits_.size());
  if (digits_.empty()) {
    return 0;
  }
  if (exponent_ < count || exponent_ > most_digits) {
    return std::nullopt;
  }
  return to_integer(negative_, digits_ + std::string(static_cast<std::size_t>(exponent_ - count), '0'));
}

}  // namespace rehydra::codec
