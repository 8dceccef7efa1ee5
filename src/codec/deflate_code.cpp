#include "codec/deflate_code.h"

#include <algorithm>

#include "codec/huffman_code.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t end_symbol = 256;
constexpr std::size_t first_length = 257;
constexpr std::size_t length_symbols = SymbolCounts::literals_and_lengths - first_length;

// A range of lengths or distances that share a symbol, and the bits that tell them apart.
struct Range {
  std::uint16_t base;
  std::uint8_t extra_bits;
};

constexpr std::array<Range, length_symbols> make_length_ranges() {
  std::array<Range, length_symbols> ranges{};
  std::uint16_t base = 3;
  for (std::size_t i = 0; i + 1 < length_symbols; ++i) {
    const auto extra = static_cast<std::uint8_t>(i < 8 ? 0 : i / 4 - 1);
    ranges[i] = {base, extra};
    base = static_cast<std::uint16_t>(base + (1U << extra));
  }
  ranges[length_symbols - 1] = {longest_match, 0};
  return ranges;
}

constexpr std::array<Range, SymbolCounts::distances> make_distance_ranges() {
  std::array<Range, SymbolCounts::distances> ranges{};
  std::uint16_t base = 1;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto extra = static_cast<std::uint8_t>(i < 4 ? 0 : i / 2 - 1);
    ranges[i] = {base, extra};
    base = static_cast<std::uint16_t>(base + (1U << extra));
  }
  return ranges;
}

constexpr auto length_ranges = make_length_ranges();
constexpr auto distance_ranges = make_distance_ranges();

constexpr std::array<std::uint8_t, longest_match + 1> make_length_index() {
  std::array<std::uint8_t, longest_match + 1> index{};
  for (std::size_t i = 0; i < length_symbols; ++i) {
    for (std::size_t length = length_ranges[i].base; length <= longest_match; ++length) {
      index[length] = static_cast<std::uint8_t>(i);
    }
  }
  return index;
}
constexpr auto length_index = make_length_index();

// Ranges double every second symbol, so the two highest bits of what stands before tell which it is.
inline std::size_t distance_index(std::uint32_t distance) noexcept {
  const std::uint32_t before = distance - 1;
  if (before < 4) {
    return before;
  }
  const auto high = static_cast<std::uint32_t>(std::bit_width(before)) - 1;
  return 2 * high + ((before >> (high - 1)) & 1);
}

}  // namespace

SymbolCounts::SymbolCounts() {
  symbol.fill(1);
  distance.fill(1);
}

void SymbolCounts::add(const char* bytes, std::span<const Sequence> sequences) noexcept {
  for (const Sequence& sequence : sequences) {
    for (const char* const end = bytes + sequence.literals; bytes < end; ++bytes) {
      symbol[static_cast<unsigned char>(*bytes)] += weight;
    }
    if (sequence.length != 0) {
      symbol[first_length + length_index[sequence.length]] += weight;
      distance[distance_index(sequence.distance)] += weight;
      bytes += sequence.length;
    }
  }
}

DeflateCode::DeflateCode(const SymbolCounts& counts) {
  constexpr std::size_t symbols = SymbolCounts::literals_and_lengths;
  const std::span<std::uint8_t> symbol_lengths = std::span(lengths_).first(symbols);
  const std::span<std::uint8_t> distance_lengths = std::span(lengths_).subspan(symbols);
  choose_lengths(counts.symbol, longest_literal, symbol_lengths);
  choose_lengths(counts.distance, longest_distance, distance_lengths);
  std::array<std::uint16_t, symbols> codes{};
  std::array<std::uint16_t, SymbolCounts::distances> distance_codes{};
  assign_codes(symbol_lengths, codes);
  assign_codes(distance_lengths, distance_codes);
  for (std::size_t i = 0; i < literals_.size(); ++i) {
    literals_[i] = {codes[i], lengths_[i]};
  }
  for (std::size_t length = 3; length <= longest_match; ++length) {
    const Range& range = length_ranges[length_index[length]];
    const std::size_t symbol = first_length + length_index[length];
    matches_[length] = {codes[symbol] | static_cast<std::uint32_t>(length - range.base) << lengths_[symbol],
                        static_cast<std::uint32_t>(lengths_[symbol] + range.extra_bits)};
  }
  for (std::size_t i = 0; i < distances_.size(); ++i) {
    distances_[i] = {distance_codes[i], distance_ranges[i].base, distance_lengths[i], distance_ranges[i].extra_bits};
  }
}

std::uint64_t DeflateCode::bits_for(const SymbolCounts& counts) const noexcept {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < counts.symbol.size(); ++i) {
    bits += static_cast<std::uint64_t>(counts.symbol[i]) * lengths_[i];
  }
  for (std::size_t i = 0; i < counts.distance.size(); ++i) {
    bits += static_cast<std::uint64_t>(counts.distance[i]) * lengths_[counts.symbol.size() + i];
  }
  return bits;
}

// The lengths are themselves written in a code; runs of equal ones are too rare here to be worth symbols of their own.
void DeflateCode::begin_block(BitWriter& out) const {
  constexpr std::size_t kinds = 19;
  constexpr std::array<std::uint8_t, kinds> order = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  std::array<std::uint32_t, kinds> counts{};
  for (const std::uint8_t length : lengths_) {
    ++counts[length];
  }
  std::array<std::uint8_t, kinds> kind_lengths{};
  std::array<std::uint16_t, kinds> codes{};
  choose_lengths(counts, 7, kind_lengths);
  assign_codes(kind_lengths, codes);
  out.put(0, 1);  // more blocks follow
  out.put(2, 2);  // with codes of its own
  out.put(SymbolCounts::literals_and_lengths - 257, 5);
  out.put(SymbolCounts::distances - 1, 5);
  out.put(kinds - 4, 4);
  for (const std::uint8_t kind : order) {
    out.flush();
    out.put(kind_lengths[kind], 3);
  }
  for (const std::uint8_t length : lengths_) {
    out.flush();
    out.put(codes[length], kind_lengths[length]);
  }
  out.flush();
}

void DeflateCode::write(BitWriter& to, const char* bytes, std::span<const Sequence> sequences) const noexcept {
  BitWriter out = to;  // in registers
  const auto literal = [&](char byte) {
    const Bits& bits = literals_[static_cast<unsigned char>(byte)];
    out.put(bits.value, bits.count);
  };
  for (const Sequence& sequence : sequences) {
    std::uint32_t left = sequence.literals;
    for (; left >= 4; left -= 4, bytes += 4) {
      literal(bytes[0]);
      literal(bytes[1]);
      literal(bytes[2]);
      literal(bytes[3]);
      out.flush();
    }
    for (; left > 0; --left) {
      literal(*bytes++);
    }
    out.flush();
    if (sequence.length != 0) {
      const Bits& match = matches_[sequence.length];
      const Distance& distance = distances_[distance_index(sequence.distance)];
      out.put(match.value, match.count);
      out.put(distance.code, distance.code_bits);
      out.put(static_cast<std::uint64_t>(sequence.distance - distance.base), distance.extra_bits);
      out.flush();
      bytes += sequence.length;
    }
  }
  to = out;
}

void DeflateCode::end_block(BitWriter& out) const noexcept {
  out.put(literals_[end_symbol].value, literals_[end_symbol].count);
  out.flush();
}

}  // namespace rehydra::codec
