// Job: the symbols of a deflate block with codes of its own: count them, choose the codes, write them.
// Callers: codec/deflate_rows.cpp.
// Promise: every code has every symbol, so that one that was chosen for some bytes can write any others too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/bit_writer.h"

namespace rehydra::codec {

// So many bytes as they are, then length bytes as they stand distance bytes before. Without length: the bytes alone.
struct Sequence {
  std::uint32_t literals = 0;
  std::uint16_t length = 0;    // 3 to 258
  std::uint16_t distance = 0;  // 1 to 32768
};

constexpr std::size_t longest_match = 258;
constexpr std::size_t farthest_match = 32'768;

struct SymbolCounts {
  static constexpr std::size_t literals_and_lengths = 286;
  static constexpr std::size_t distances = 30;

  SymbolCounts();
  static constexpr std::uint32_t weight = 8;  // of one that was seen; the others count 1

  void add(const char* bytes, std::span<const Sequence> sequences) noexcept;

  std::array<std::uint32_t, literals_and_lengths> symbol;
  std::array<std::uint32_t, distances> distance;
};

class DeflateCode {
 public:
  static constexpr std::size_t most_header_bytes = 1024;
  static constexpr std::size_t most_bytes_per_byte = 2;  // that write() makes of what its sequences stand for

  explicit DeflateCode(const SymbolCounts& counts);

  std::uint64_t bits_for(const SymbolCounts& counts) const noexcept;
  // Of a block that is not the last.
  void begin_block(BitWriter& out) const;
  void write(BitWriter& out, const char* bytes, std::span<const Sequence> sequences) const noexcept;
  void end_block(BitWriter& out) const noexcept;

 private:
  struct Bits {
    std::uint32_t value = 0;
    std::uint32_t count = 0;
  };
  struct Distance {
    std::uint16_t code = 0;
    std::uint16_t base = 0;
    std::uint8_t code_bits = 0;
    std::uint8_t extra_bits = 0;
  };
  static constexpr unsigned longest_literal = 14;  // so that four fit between two flushes
  static constexpr unsigned longest_distance = 15;

  std::array<std::uint8_t, SymbolCounts::literals_and_lengths + SymbolCounts::distances> lengths_{};
  std::array<Bits, 257> literals_;  // and the end of the block
  std::array<Bits, longest_match + 1> matches_;
  std::array<Distance, SymbolCounts::distances> distances_;
};

}  // namespace rehydra::codec
