#include "codec/json/json_text.h"

#include <array>
#include <cstdint>

namespace rehydra::codec {
namespace {

constexpr std::size_t growth = 6;  // a control character becomes \u00XX

constexpr std::array<std::uint8_t, 256> make_special() {
  std::array<std::uint8_t, 256> special{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) {
    special[byte] = 1;
  }
  special['"'] = special['\\'] = 1;
  return special;
}
constexpr std::array<std::uint8_t, 256> special = make_special();

bool is_plain(std::string_view text) noexcept {
  std::uint8_t found = 0;
  for (const char c : text) {
    found |= special[static_cast<unsigned char>(c)];
  }
  return found == 0;
}

char* put_control(char* to, unsigned char byte) noexcept {
  constexpr std::string_view short_bytes = "\b\f\n\r\t";
  constexpr std::string_view short_names = "bfnrt";
  *to++ = '\\';
  if (const std::size_t at = short_bytes.find(static_cast<char>(byte)); at != std::string_view::npos) {
    *to++ = short_names[at];
    return to;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : {'u', '0', '0', digits[byte >> 4U], digits[byte & 15U]}) {
    *to++ = c;
  }
  return to;
}

char* put_escaped(char* to, std::string_view text) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      to = put_control(to, byte);
      continue;
    }
    if (c == '"' || c == '\\') {
      *to++ = '\\';
    }
    *to++ = c;
  }
  return to;
}

}  // namespace

void append_json_string(ByteBuffer& out, std::string_view text) {
  const bool plain = is_plain(text);
  char* to = out.room(text.size() * (plain ? 1 : growth) + 2);
  *to++ = '"';
  if (plain) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
  } else {
    to = put_escaped(to, text);
  }
  *to++ = '"';
  out.advance(to);
}

std::string json_string(std::string_view text) {
  ByteBuffer buffer(text.size() + 2);
  append_json_string(buffer, text);
  return std::string(buffer.view());
}

}  // namespace rehydra::codec
