// Job: a place for many small texts that all end at once.
// Callers: the sheet reader (one row's texts), the shared strings.
// Promise: views stay where they are until clear(); the first block is kept for the next time.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace rehydra::codec {

class TextArena {
 public:
  std::string_view copy(std::string_view text) {
    if (text.empty()) {
      return {};
    }
    char* const to = room(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  char* room(std::size_t bytes) {
    if (bytes > free_) {
      const std::size_t size = std::max(bytes, block_bytes);
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
      at_ = blocks_.back().get();
      free_ = size;
      first_bytes_ = blocks_.size() == 1 ? size : first_bytes_;
    }
    char* const to = at_;
    at_ += bytes;
    free_ -= bytes;
    used_ += bytes;
    return to;
  }

  void clear() noexcept {
    used_ = 0;
    if (!blocks_.empty()) {
      blocks_.resize(1);
      at_ = blocks_.front().get();
      free_ = first_bytes_;
    }
  }
  std::size_t used() const noexcept { return used_; }

 private:
  static constexpr std::size_t block_bytes = 64 << 10;

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t first_bytes_ = 0;
  char* at_ = nullptr;
  std::size_t free_ = 0;
  std::size_t used_ = 0;
};

}  // namespace rehydra::codec
