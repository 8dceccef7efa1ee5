// Job: say of a sheet's XML what stood there before. A cell's markup is that of the column's last cell but for the
// number of its row, so it is looked for there and nowhere else; only values are looked up.
// Callers: codec/deflate_rows.cpp.
// Promise: any bytes come back from what it says; it is good at sheets as codec/row_writer.cpp writes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "codec/deflate_code.h"

namespace rehydra::codec {

// Bytes in a row: what may be referred to, what is to be said, and zeros to look at behind them.
struct MatchedBytes {
  static constexpr std::size_t zeros = 64;

  const char* oldest;
  const char* from;
  const char* stop;  // saying may go on past it, up to the end
  const char* end;
};

// Places are the low bits of a pointer's offset from the oldest byte; what is found there is always compared.
struct RowMemory {
  using Place = std::uint16_t;
  static constexpr std::size_t columns = 256;  // of wider sheets, several share a place
  static constexpr unsigned value_bits = 12;

  std::array<Place, columns> heads{};  // the last cell of each column; 0: the start of a row
  Place number_end = 0;                // the last ones
  Place text_end = 0;
  std::array<Place, 1U << value_bits> values{};
};

class RowMatcher {
 public:
  explicit RowMatcher(std::size_t most_bytes);  // from..end of one run

  void forget() noexcept { memory_ = RowMemory(); }
  // Where it stopped. Bytes seen before must still stand in front, or 65,536 (or a multiple) of them have gone.
  const char* run(const MatchedBytes& bytes);
  std::span<const Sequence> found() const noexcept { return {found_.get(), count_}; }  // by the last run
  std::size_t long_text_bytes() const noexcept { return long_text_bytes_; }            // in the last run

 private:
  RowMemory memory_;
  std::unique_ptr<Sequence[]> found_;
  std::size_t count_ = 0;
  std::size_t long_text_bytes_ = 0;
};

}  // namespace rehydra::codec
