// Job: find the end of text that stands in XML without references.
// Callers: the cell scanner and the heads of cells (hot).
// Promise: never looks at or past the end; text with a reference, or anything else behind it than the tail, is nullptr.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rehydra::codec {

constexpr std::array<bool, 256> make_stops() {
  std::array<bool, 256> stops{};
  for (const char c : {'<', '&', '>'}) {
    stops[static_cast<unsigned char>(c)] = true;
  }
  return stops;
}
constexpr std::array<bool, 256> stops = make_stops();

#ifdef __SSE2__
// A bit a byte that is a stop; "<" and ">" differ in one bit.
inline unsigned stops_in(const char* at) noexcept {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i angles = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8('<' ^ '>')), _mm_set1_epi8('<' | '>'));
  const __m128i ampersands = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(angles, ampersands)));
}
#endif

// The first byte that is no plain text. Two vectors a step: most texts end in the first, so the branch is foreseen.
inline const char* find_stop(const char* at, const char* end) noexcept {
#ifdef __SSE2__
  constexpr std::ptrdiff_t lanes = sizeof(__m128i);
  for (; end - at >= 2 * lanes; at += 2 * lanes) {
    const unsigned where = stops_in(at) | stops_in(at + lanes) << lanes;
    if (where != 0) {
      return at + std::countr_zero(where);
    }
  }
#endif
  while (at < end && !stops[static_cast<unsigned char>(*at)]) {
    ++at;
  }
  return at;
}

template <std::size_t N>
inline bool starts(const char* at, const char (&literal)[N]) noexcept {
  return std::memcmp(at, literal, N - 1) == 0;
}

template <std::size_t N>
inline const char* scan_text(const char* at, const char* end, const char (&tail)[N], std::string_view& text) noexcept {
  const char* const stop = find_stop(at, end);
  if (end - stop < static_cast<std::ptrdiff_t>(N) || !starts(stop, tail)) {
    return nullptr;
  }
  text = {at, stop};
  return stop + N - 1;
}

}  // namespace rehydra::codec
