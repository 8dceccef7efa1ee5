// Job: run one measurement in a process of its own and say what it took.
// Callers: bench/codec/bench.cpp. Promise: memory is the most that the work added to an idle process; nothing of one
// measurement (heap, caches of the allocator) is left for the next.
#pragma once

#include <cstdint>
#include <functional>

namespace bench {

struct Cost {
  double wall = 0;            // seconds
  double processor = 0;       // seconds, user and system, all threads
  std::uint64_t peak_kb = 0;  // VmHWM over VmRSS before the work
  std::uint64_t result = 0;   // what the work returned
};

// What the work needs in memory is made before, in the same process, so that nothing of it is shared with this one:
// the first touch of each shared page would be a fault. Ends the program where the work fails.
Cost measure(const std::function<void()>& before, const std::function<std::uint64_t()>& work);

}  // namespace bench
