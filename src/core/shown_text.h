// Job: texts and numbers shortened and grouped as messages show them.
// Callers: the importer's and the command line reader's messages, the tokens of long texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra {

// At most so many bytes, never cut inside of a character.
inline std::string shortened(std::string_view text, std::size_t most = 60) {
  if (text.size() <= most) {
    return std::string(text);
  }
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end)) + "...";
}

// "12,345".
inline std::string with_thousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace rehydra
