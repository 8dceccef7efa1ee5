// Job: UTF-8 at the speed of memory where it is ASCII, and exactly where it is not.
// Callers: the XML input and tokenizer.
// Promise: overlong forms, surrogates, control characters, U+FFFE and U+FFFF are never valid.
#include "codec/utf.h"

#include <algorithm>
#include <cstring>

namespace rehydra::codec {
namespace {

constexpr std::size_t block = 64;

// A loop of fixed length without branches, which compilers turn into vector code. The OR of all signs: bit 7 for a byte
// past ASCII, bit 0 for a control character other than tab and line feed.
bool is_plain_block(const char* bytes) noexcept {
  unsigned char signs = 0;
  for (std::size_t i = 0; i < block; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool control = byte < 0x20;
    const bool allowed = byte == '\n' || byte == '\t';
    signs = static_cast<unsigned char>(signs | (byte & 0x80) | (control && !allowed ? 1 : 0));
  }
  return signs == 0;
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

void append_utf8(std::string& out, std::uint32_t code) {
  char bytes[4];
  out.append(bytes, put_utf8(bytes, code));
}

}  // namespace rehydra::codec
