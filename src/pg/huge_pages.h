// Job: memory that is filled from end to end, with few page faults.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace rehydra::pg {

// Before a block of some megabytes is written to for the first time: a fault every 4 kB costs as much as copying the
// bytes. A hint: it may fail. All pages that the block touches: with less, a mapping of its own would be of two kinds,
// and could not grow without a copy of its bytes (mremap).
inline void prefer_huge_pages([[maybe_unused]] char* block, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  constexpr std::uintptr_t page = 4096;
  const auto from = reinterpret_cast<std::uintptr_t>(block) & ~(page - 1);
  const auto to = (reinterpret_cast<std::uintptr_t>(block) + bytes + page - 1) & ~(page - 1);
  madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
#endif
}

}  // namespace rehydra::pg
