// Job: check UTF-8 as XML wants it, convert UTF-16, write single characters.
// Callers: codec/xml_input.h, codec/xml_tokenizer.h, the readers of json and csv.
// Promise: plain ASCII goes through many bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra::codec {

// A character that an XML 1.0 document may hold.
bool is_xml_character(std::uint32_t code) noexcept;

struct Utf8Check {
  std::size_t valid = 0;  // bytes of whole, valid characters
  bool broken = false;    // what follows can never become valid; else it is the start of a cut character (or nothing)
  bool returns = false;   // a carriage return is among them
};
Utf8Check check_utf8(std::string_view bytes) noexcept;

// Valid UTF-8, whatever characters (controls and noncharacters too).
bool is_utf8(std::string_view bytes) noexcept;

// Of valid UTF-8: characters, not bytes.
std::size_t characters(std::string_view utf8) noexcept;

// Halves of a pair of UTF-16 units, and the character that two of them are.
constexpr bool is_high_surrogate(std::uint32_t unit) noexcept {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low_surrogate(std::uint32_t unit) noexcept {
  return unit >= 0xDC00 && unit < 0xE000;
}
constexpr std::uint32_t joined_surrogates(std::uint32_t high, std::uint32_t low) noexcept {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// Writes the character to `to` (room for 4 bytes); the bytes written.
std::size_t put_utf8(char* to, std::uint32_t code) noexcept;
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace rehydra::codec
