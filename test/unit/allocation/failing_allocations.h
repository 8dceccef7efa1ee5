// Job: let the n-th allocation from here on fail, and all behind it, in operator new and in libxml2.
// Callers: allocation_test.cpp. Promise: nothing fails while none is armed; the counter is shared by all threads.
#pragma once

#include <cstdint>

namespace rehydra::test {

// Must be called before libxml2 is used.
void take_over_libxml2();

class FailingAllocations {
 public:
  // first: counted from 1. only_one: those behind it succeed.
  FailingAllocations(std::uint64_t first, bool only_one);
  ~FailingAllocations();
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;

  // Whether one failed.
  static bool happened() noexcept;
};

}  // namespace rehydra::test
