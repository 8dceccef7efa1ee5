// Job: the workbook's table of shared strings, found by number.
// Callers: the workbook reader fills it once, the sheet reader looks texts up.
// Promise: up to limits.shared_string_bytes in memory (texts and index), the rest in the spill; stated counts are
// ignored.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include "codec/inflate.h"
#include "codec/text_arena.h"
#include "core/limits.h"
#include "core/spill.h"

namespace rehydra::codec {

class SharedStrings {
 public:
  enum class Found : std::uint8_t { text, unknown, too_long };

  SharedStrings(const Limits& limits, SpillFactory spill) : limits_(limits), make_spill_(std::move(spill)) {}

  // Reads the whole part.
  void load(ByteSource& part);
  void add(std::string_view text, bool too_long);

  std::uint64_t size() const noexcept { return held_.size() + spilled_; }
  // Texts in memory last as long as the table, spilled ones are read into the arena.
  Found find(std::uint64_t number, TextArena& arena, std::string_view& text);

 private:
  struct Held {
    const char* data;
    std::uint32_t bytes;
  };

  void add_spilled(std::string_view text, std::uint32_t bytes);

  const Limits& limits_;
  SpillFactory make_spill_;
  TextArena texts_;
  std::deque<Held> held_;
  std::uint64_t spilled_ = 0;
  std::unique_ptr<Spill> spilled_texts_;
  std::unique_ptr<Spill> spilled_index_;
};

}  // namespace rehydra::codec
