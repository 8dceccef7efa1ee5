// Job: a byte budget that is asked before memory grows, so that no file decides how much we allocate.
// Promise: take() throws Failure(limit_exceeded) naming the setting, and leaves the count as it was.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.h"

namespace rehydra {

class Budget {
 public:
  Budget(std::uint64_t bytes, const char* setting) : limit_(bytes), setting_(setting) {}

  void take(std::uint64_t bytes) {
    if (bytes > limit_ - used_) {
      throw Failure(
          ErrorKind::limit_exceeded,
          std::string("the file needs more than the ") + std::to_string(limit_) + " bytes that " + setting_ + " allows",
          std::string("Raise ") + setting_ + ", or split the file.");
    }
    used_ += bytes;
  }
  void give_back(std::uint64_t bytes) noexcept { used_ -= bytes < used_ ? bytes : used_; }
  std::uint64_t used() const noexcept { return used_; }

 private:
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  const char* setting_;
};

}  // namespace rehydra
