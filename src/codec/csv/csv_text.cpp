#include "codec/csv/csv_text.h"

#include <algorithm>
#include <array>
#include <string>

namespace rehydra::codec {
namespace {

constexpr std::size_t longest_value = 64;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_letter(char c) noexcept {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool same_word(std::string_view text, std::string_view small) noexcept {
  return std::equal(text.begin(), text.end(), small.begin(), small.end(), [](char a, char b) { return lower(a) == b; });
}

// Letters that stand in numbers and times: exponents, halves of the day, zones, months (by their first letters).
bool is_word_of_values(std::string_view word) noexcept {
  for (const std::string_view known : {"e", "t", "z", "a", "p", "am", "pm", "utc", "gmt"}) {
    if (same_word(word, known)) {
      return true;
    }
  }
  constexpr std::size_t longest_month = 9;
  if (word.size() < 3 || word.size() > longest_month) {
    return false;
  }
  for (const std::string_view month :
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}) {
    if (same_word(word.substr(0, 3), month)) {
      return true;
    }
  }
  return false;
}

// White space of every kind that programs strip: ASCII's, and no-break spaces.
std::string_view without_space(std::string_view text) noexcept {
  for (;;) {
    const std::size_t from = std::min(text.find_first_not_of(std::string_view(" \t\r\n\v\f\0", 7)), text.size());
    text.remove_prefix(from);
    if (text.starts_with("\xC2\xA0")) {
      text.remove_prefix(2);
    } else if (text.starts_with("\xE3\x80\x80") || text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    } else {
      return text;
    }
  }
}

}  // namespace

bool looks_like_formula(std::string_view text) noexcept {
  if (text.starts_with('\t') || text.starts_with('\r') || text.starts_with('\n')) {
    return true;
  }
  text = without_space(text);
  if (text.empty()) {
    return false;
  }
  if (text.front() == '=' || text.front() == '+' || text.front() == '-' || text.front() == '@') {
    return true;
  }
  for (const std::string_view wide : {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    if (text.starts_with(wide)) {
      return true;
    }
  }
  return false;
}

bool looks_like_value(std::string_view text) noexcept {
  if (text.size() > longest_value) {
    return false;
  }
  if (same_word(text, "true") || same_word(text, "false")) {
    return true;
  }
  bool digit = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_letter(c)) {
      const std::size_t start = at;
      at = static_cast<std::size_t>(
          std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_letter) - text.begin());
      if (!is_word_of_values(text.substr(start, at - start))) {
        return false;
      }
      continue;
    }
    digit |= is_digit(c);
    const bool neutral = is_digit(c) || (static_cast<unsigned char>(c) & 0x80U) != 0 ||
                         std::string_view(" .,:/'%$()+-").find(c) != std::string_view::npos;
    if (!neutral) {
      return false;
    }
    ++at;
  }
  return digit;
}

}  // namespace rehydra::codec
