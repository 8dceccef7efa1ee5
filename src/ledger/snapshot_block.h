// Job: a snapshot's rows as stored bytes, and back.
// Callers: the snapshot writer and reader.
// Format of a row: for each column a tag byte, 0 = NULL, 1 = value; for a value its length (LEB128) and its canonical
// text. Format of a block: the rows' bytes in all (8 bytes, little endian), then those bytes as a zlib stream (level
// 1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rehydra::ledger {

class BlockWriter {
 public:
  static constexpr std::size_t full_bytes = 1U << 20;

  void null() { rows_ += '\0'; }
  void value(std::string_view text);
  void end_row() { ++count_; }

  bool full() const noexcept { return rows_.size() >= full_bytes; }
  std::uint64_t rows() const noexcept { return count_; }
  // The block of the rows so far; starts the next one.
  std::string take();

 private:
  std::string rows_;
  std::uint64_t count_ = 0;
};

// The rows' bytes of a block. Failure(internal) where it is damaged, and so for the next.
std::string inflate_block(std::string_view block);
// A view a value, row by row, into rows; NULL is a view without data. The number of rows.
std::size_t parse_rows(std::string_view rows, std::size_t columns, std::vector<std::string_view>& values);

}  // namespace rehydra::ledger
