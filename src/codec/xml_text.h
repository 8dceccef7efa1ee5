// Job: text on its way into XML: which text needs no care at all, and the escape of the rest; base64.
// Callers: the row writer (hot).
// Promise: is_plain_text() is true only where neither XML nor codec/literal.h would change the text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra::codec {

constexpr std::size_t xml_growth = 5;  // "&" becomes "&amp;"

// Bytes that need a closer look wherever they stand: controls, markup, and what may start an _xHHHH_ pattern or a
// character that XML does not have or programs drop.
constexpr std::array<std::uint8_t, 256> make_special_bytes() {
  std::array<std::uint8_t, 256> special{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) {
    special[byte] = 1;
  }
  for (const char c : {'&', '<', '>', '_', '\x7F', '\xEF'}) {
    special[static_cast<unsigned char>(c)] = 1;
  }
  return special;
}
constexpr std::array<std::uint8_t, 256> special_bytes = make_special_bytes();

inline bool is_plain_text(std::string_view text) noexcept {
  if (text.empty() || text.front() == '"' || text.front() == '[') {
    return false;
  }
  std::uint8_t special = 0;
  for (const char c : text) {
    special |= special_bytes[static_cast<unsigned char>(c)];
  }
  return special == 0;
}

// Copies text with &, < and > escaped; to has room for text.size() * xml_growth. The end of what was written.
char* copy_escaped(char* to, std::string_view text) noexcept;

void append_base64(std::string& out, std::string_view bytes);

}  // namespace rehydra::codec
