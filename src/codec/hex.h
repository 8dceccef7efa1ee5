// Job: what a hexadecimal digit is worth.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rehydra::codec {

// 0 to 15; -1 for what is no digit.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The UTF-16 unit that the four digits at `at` are; std::nullopt where they are none.
constexpr std::optional<std::uint32_t> hex_unit(std::string_view text, std::size_t at) noexcept {
  if (text.size() < at + 4) {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  for (const char c : text.substr(at, 4)) {
    const int digit = hex_value(c);
    if (digit < 0) {
      return std::nullopt;
    }
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

}  // namespace rehydra::codec
