// Job: prefix codes as deflate has them: lengths from counts, codes from lengths.
// Callers: codec/deflate_code.cpp.
// Promise: the code is complete, and no length is longer than asked for.
#pragma once

#include <cstdint>
#include <span>

namespace rehydra::codec {

// A length of 0 for symbols that never occur; at least two must occur, and 2^longest must be enough for all.
void choose_lengths(std::span<const std::uint32_t> counts, unsigned longest, std::span<std::uint8_t> lengths);

// As the stream has them, the first bit lowest.
void assign_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes);

}  // namespace rehydra::codec
