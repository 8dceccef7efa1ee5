// Job: keep texts that do not fit a cell until sheet "_overflow" is written.
// Callers: the row writer adds, the workbook writer reads all at the end.
// Promise: memory does not grow with the texts; they come back in order, cut into the pieces of codec/overflow.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "core/spill.h"

namespace rehydra::codec {

class LongTexts {
 public:
  explicit LongTexts(SpillFactory make_spill) : make_spill_(std::move(make_spill)) {}

  std::uint64_t add(std::string_view text);  // its number, from 1

  using Receiver = std::function<void(std::uint64_t number, std::uint64_t piece, std::string_view content)>;
  void for_each_piece(const Receiver& receive) const;

 private:
  void read_text(std::uint64_t number, std::uint64_t offset, std::uint64_t bytes, const Receiver& receive) const;

  SpillFactory make_spill_;
  std::unique_ptr<Spill> spill_;
  std::uint64_t count_ = 0;
};

}  // namespace rehydra::codec
