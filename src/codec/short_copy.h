// Job: copy a few bytes in place.
// Callers: what writes a value's digits or its few letters into a row, millions of times an export.
// Promise: reads and writes exactly the text's bytes; a call of the C library's copy costs more than they do.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace rehydra::codec {

namespace detail {

// Whole words, the last of which may overlap the first: of a text that has at least one and at most two.
template <class Word>
inline void copy_ends(char* to, const char* from, std::size_t size) noexcept {
  Word first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + size - sizeof last, &last, sizeof last);
}

}  // namespace detail

// The end of what was written. The text is not where it is written to.
inline char* copy_short(char* to, std::string_view text) noexcept {
  const std::size_t size = text.size();
  if (size > 2 * sizeof(std::uint64_t)) {
    std::memcpy(to, text.data(), size);
  } else if (size >= sizeof(std::uint64_t)) {
    detail::copy_ends<std::uint64_t>(to, text.data(), size);
  } else if (size >= sizeof(std::uint32_t)) {
    detail::copy_ends<std::uint32_t>(to, text.data(), size);
  } else if (size >= sizeof(std::uint16_t)) {
    detail::copy_ends<std::uint16_t>(to, text.data(), size);
  } else if (size != 0) {
    *to = text.front();
  }
  return to + size;
}

}  // namespace rehydra::codec
