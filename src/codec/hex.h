// Job: what a hexadecimal digit is worth.
#pragma once

namespace rehydra::codec {

// 0 to 15; -1 for what is no digit.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace rehydra::codec
