// Job: random UTF-8 for property tests, rich in what breaks codecs: controls, quotes, patterns, all plane borders.
// Callers: unit tests. Promise: a seed gives the same texts on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra::test {

class RandomText {
 public:
  // Where an alphabet is given, texts consist of its bytes.
  explicit RandomText(std::uint64_t seed, std::string_view alphabet = {}) : state_(seed * 2 + 1), alphabet_(alphabet) {}

  std::uint64_t number(std::uint64_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % below;
  }

  std::string next(std::size_t longest) {
    std::string text;
    for (std::size_t n = number(longest + 1); n > 0; --n) {
      if (alphabet_.empty()) {
        append(text, code_point());
      } else {
        text += alphabet_[number(alphabet_.size())];
      }
    }
    return text;
  }

 private:
  std::uint32_t code_point() {
    constexpr char odd[] = "\"\\_x0041_\r\n\t<>&='[";
    constexpr std::uint32_t borders[] = {0x7F,   0x80,   0x85,   0x7FF,  0x800,   0x2028,  0xD7FF,
                                         0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF};
    switch (number(5)) {
      case 0:
        return static_cast<std::uint32_t>(odd[number(sizeof odd - 1)]);
      case 1:
        return borders[number(std::size(borders))];
      case 2:
        return static_cast<std::uint32_t>(1 + number(0x1F));
      default:
        return static_cast<std::uint32_t>(0x20 + number(0x5F));
    }
  }

  static void append(std::string& text, std::uint32_t code) {
    const int tail = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    text += static_cast<char>(lead[tail] | (code >> (6 * tail)));
    for (int i = tail - 1; i >= 0; --i) {
      text += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
    }
  }

  std::uint64_t state_;
  std::string alphabet_;
};

}  // namespace rehydra::test
