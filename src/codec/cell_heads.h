// Job: a cell's markup is mostly that of the cell above it: what a column's last plain cell looked like predicts the
// next, so that a few comparisons of words stand for parsing its attributes.
// Callers: the sheet reader, before codec/cell_scanner.h.
// Promise: matches byte for byte what the scanner matched before, and gives what the scanner would give.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "codec/cell_scanner.h"

namespace rehydra::codec {

// A few bytes to compare with, padded to whole words.
template <std::size_t Words>
class Pattern {
 public:
  static constexpr std::size_t capacity = Words * sizeof(std::uint64_t);

  // At most capacity bytes.
  void set(std::string_view bytes) noexcept;
  // Looks at whole words, so at up to capacity bytes.
  bool matches(const char* at) const noexcept;
  std::size_t size() const noexcept { return size_; }

 private:
  std::array<std::uint64_t, Words> words_{};
  std::uint64_t last_mask_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t whole_ = 0;  // words before the last
};

template <std::size_t Words>
inline bool Pattern<Words>::matches(const char* at) const noexcept {
  std::uint64_t difference = 0;
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < whole_; ++i) {
    std::memcpy(&bytes, at + i * sizeof bytes, sizeof bytes);
    difference |= bytes ^ words_[i];
  }
  std::memcpy(&bytes, at + whole_ * sizeof bytes, sizeof bytes);
  return (difference | ((bytes ^ words_[whole_]) & last_mask_)) == 0;
}

class CellHeads {
 public:
  CellHeads();

  // The number of the row whose cells come now, as its references write it.
  void begin_row(std::string_view row_digits) noexcept { row_.set(row_digits); }
  // One whole cell of this column at the start of the bytes, if it looks like the one above; the byte behind it.
  const char* match(std::uint32_t column, const char* at, const char* end, PlainCell& cell) const noexcept;
  // A cell of this row that the scanner found at these bytes.
  void learn(const char* at, const PlainCell& cell) noexcept;

 private:
  struct Head {
    Pattern<2> before;  // <c r="AB
    Pattern<8> after;   // " s="3"><v>
    CellType type = CellType::number;
  };
  static constexpr std::size_t columns = 256;  // wider sheets are scanned from there on

  std::unique_ptr<std::array<Head, columns>> heads_;
  Pattern<1> row_;
};

inline const char* CellHeads::match(std::uint32_t column, const char* at, const char* end,
                                    PlainCell& cell) const noexcept {
  constexpr std::size_t most = Pattern<2>::capacity + Pattern<1>::capacity + Pattern<8>::capacity;
  if (column >= columns || end - at < static_cast<std::ptrdiff_t>(most)) {
    return nullptr;
  }
  const Head& head = (*heads_)[column];
  if (head.before.size() == 0 || !head.before.matches(at)) {
    return nullptr;
  }
  at += head.before.size();
  if (!row_.matches(at) || !head.after.matches(at + row_.size())) {
    return nullptr;
  }
  cell.column = column;
  cell.type = head.type;
  return scan_cell_text(at + row_.size() + head.after.size(), end, cell);
}

}  // namespace rehydra::codec
