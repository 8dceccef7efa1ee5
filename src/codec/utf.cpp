// Job: UTF-8 at the speed of memory where it is ASCII, and exactly where it is not.
// Callers: the XML input and tokenizer.
// Promise: overlong forms, surrogates, control characters, U+FFFE and U+FFFF are never valid.
#include "codec/utf.h"

#include <algorithm>
#include <cstring>

namespace rehydra::codec {
namespace {

constexpr std::size_t block = 64;

using Lanes __attribute__((vector_size(16))) = unsigned char;

Lanes load(const char* bytes) noexcept {
  Lanes lanes;
  std::memcpy(&lanes, bytes, sizeof lanes);
  return lanes;
}

// Bit 7 tells what needs a closer look: controls, and what lies past ASCII.
Lanes signs_of(Lanes bytes) noexcept {
  return bytes | (bytes - static_cast<unsigned char>(' '));
}

bool has_sign(Lanes signs) noexcept {
  std::uint64_t halves[2];
  std::memcpy(halves, &signs, sizeof halves);
  return ((halves[0] | halves[1]) & 0x8080'8080'8080'8080U) != 0;
}

// Tabs and line feeds count as printable: indented XML is full of them.
Lanes strict_signs_of(Lanes bytes) noexcept {
  const auto white = (bytes == '\n') | (bytes == '\t');
  return signs_of(bytes) & ~reinterpret_cast<const Lanes&>(white);
}

// Printable ASCII only.
bool is_plain_block(const char* at) noexcept {
  constexpr std::size_t lanes = sizeof(Lanes);
  const Lanes a = load(at), b = load(at + lanes), c = load(at + 2 * lanes), d = load(at + 3 * lanes);
  return !has_sign(signs_of(a) | signs_of(b) | signs_of(c) | signs_of(d)) ||
         !has_sign(strict_signs_of(a) | strict_signs_of(b) | strict_signs_of(c) | strict_signs_of(d));
}

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: broken or cut
  bool cut = false;
};

Decoded decode(std::string_view bytes) noexcept {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) {
    return {lead, 1, false};
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) {
    return {};
  }
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  const std::size_t there = std::min(length, bytes.size());
  for (std::size_t i = 1; i < there; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if ((byte & 0xC0) != 0x80) {
      return {};
    }
    code = code << 6 | (byte & 0x3F);
  }
  if (there < length) {
    return {0, 0, true};
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  return code < least[length] ? Decoded{} : Decoded{code, length, false};
}

}  // namespace

bool is_xml_character(std::uint32_t code) noexcept {
  if (code < 0x20) {
    return code == '\t' || code == '\n' || code == '\r';
  }
  return code < 0xD800 || (code >= 0xE000 && code < 0xFFFE) || (code >= 0x10000 && code <= 0x10FFFF);
}

Utf8Check check_utf8(std::string_view bytes) noexcept {
  Utf8Check check;
  while (check.valid < bytes.size()) {
    if (bytes.size() - check.valid >= block && is_plain_block(bytes.data() + check.valid)) {
      check.valid += block;
      continue;
    }
    const std::size_t stop = std::min(bytes.size(), check.valid + block);
    while (check.valid < stop) {
      const auto byte = static_cast<signed char>(bytes[check.valid]);
      if (byte >= ' ') {
        ++check.valid;
        continue;
      }
      check.returns |= byte == '\r';
      const Decoded next = decode(bytes.substr(check.valid));
      if (next.bytes == 0 || !is_xml_character(next.code)) {
        check.broken = !next.cut;
        return check;
      }
      check.valid += next.bytes;
    }
  }
  return check;
}

bool is_utf8(std::string_view bytes) noexcept {
  constexpr std::uint64_t signs = 0x8080'8080'8080'8080U;
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t word = 0;
    if (bytes.size() - at >= sizeof word) {
      std::memcpy(&word, bytes.data() + at, sizeof word);
      if ((word & signs) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const Decoded next = decode(bytes.substr(at));
    const bool surrogate = next.code >= 0xD800 && next.code < 0xE000;
    if (next.bytes == 0 || surrogate || next.code > 0x10FFFF) {
      return false;
    }
    at += next.bytes;
  }
  return true;
}

std::size_t put_utf8(char* to, std::uint32_t code) noexcept {
  if (code < 0x80) {
    to[0] = static_cast<char>(code);
    return 1;
  }
  const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  to[0] = static_cast<char>(lead[tail] | code >> (6 * tail));
  for (int i = 1; i <= tail; ++i) {
    to[i] = static_cast<char>(0x80 | (code >> (6 * (tail - i)) & 0x3F));
  }
  return static_cast<std::size_t>(tail) + 1;
}

std::size_t characters(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

void append_utf8(std::string& out, std::uint32_t code) {
  char bytes[4];
  out.append(bytes, put_utf8(bytes, code));
}

}  // namespace rehydra::codec
