// Job: compare and remember the heads of cells.
// Callers: the sheet reader.
// Promise: one fixed table; never looks past the end.
#include "codec/cell_heads.h"

#include <algorithm>
#include <cstring>

namespace rehydra::codec {

template <std::size_t Words>
void Pattern<Words>::set(std::string_view bytes) noexcept {
  constexpr std::size_t word = sizeof(std::uint64_t);
  const std::size_t whole = bytes.empty() ? 0 : (bytes.size() - 1) / word;
  words_.fill(0);
  std::memcpy(words_.data(), bytes.data(), bytes.size());
  unsigned char mask[word] = {};
  std::fill(mask, mask + (bytes.size() - whole * word), static_cast<unsigned char>(0xFF));
  std::memcpy(&last_mask_, mask, word);
  size_ = static_cast<std::uint32_t>(bytes.size());
  whole_ = static_cast<std::uint32_t>(whole);
}

template class Pattern<1>;

CellHeads::CellHeads() : heads_(std::make_unique<std::array<Head, columns>>()) {}

void CellHeads::learn(const char* at, const PlainCell& cell) noexcept {
  if (cell.text.data() == nullptr || cell.column == 0 || cell.column >= columns) {
    return;
  }
  const char* const digits_end = cell.row_digits.data() + cell.row_digits.size();
  const std::string_view before(at, cell.row_digits.data()), after(digits_end, cell.text.data());
  if (before.size() <= Pattern<2>::capacity && after.size() <= Pattern<8>::capacity) {
    Head& head = (*heads_)[cell.column];
    head.before.set(before);
    head.after.set(after);
    head.type = cell.type;
  }
}

}  // namespace rehydra::codec
