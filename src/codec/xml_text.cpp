// Job: the escapes that are not on the hottest path.
// Callers: the row writer.
// Promise: see the header.
#include "codec/xml_text.h"

#include <cstring>

namespace rehydra::codec {
namespace {

char* put(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

char* copy_escaped(char* to, std::string_view text) noexcept {
  for (const char c : text) {
    switch (c) {
      case '&':
        to = put(to, "&amp;");
        break;
      case '<':
        to = put(to, "&lt;");
        break;
      case '>':
        to = put(to, "&gt;");
        break;
      default:
        *to++ = c;
    }
  }
  return to;
}

void append_base64(std::string& out, std::string_view bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? alphabet[(group >> (18 - 6 * i)) & 63] : '=';
    }
  }
}

}  // namespace rehydra::codec
