// Job: a budget for all parts of a file that are read one at a time, some of them more than once.
// Callers: the readers of workbooks and csv bundles, each time they open a part.
// Promise: a part that is read again is counted once.
#pragma once

#include <cstdint>
#include <vector>

#include "core/budget.h"

namespace rehydra::codec {

class CountedParts {
 public:
  CountedParts(Budget& budget, std::size_t parts) : budget_(budget), counted_(parts) {}

  // What the part took when it was read before is given back.
  void open(std::size_t part) {
    if (open_ < counted_.size()) {
      counted_[open_] = budget_.used() - used_before_;
    }
    budget_.give_back(counted_[part]);
    open_ = part;
    used_before_ = budget_.used();
  }

 private:
  Budget& budget_;
  std::vector<std::uint64_t> counted_;  // by part, the open one's left out
  std::size_t open_ = SIZE_MAX;
  std::uint64_t used_before_ = 0;
};

}  // namespace rehydra::codec
