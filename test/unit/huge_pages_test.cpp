// Job: a block that prefers huge pages can still grow where it is.
// Covers: pg/huge_pages.h.
#include "pg/huge_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace rehydra::pg {
namespace {

TEST(HugePages, ABlockOfItsOwnMappingGrowsWithoutACopy) {
  constexpr std::size_t size = 8U << 20;
  constexpr std::size_t head = 56;  // what allocators keep in front of a block
  void* mapping = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  char* block = static_cast<char*>(mapping) + head;
  prefer_huge_pages(block, size - head - 100);
  block[0] = 'x';
  void* grown = mremap(mapping, size, 2 * size, MREMAP_MAYMOVE);
  ASSERT_NE(grown, MAP_FAILED);
  EXPECT_EQ(static_cast<char*>(grown)[head], 'x');
  munmap(grown, 2 * size);
}

}  // namespace
}  // namespace rehydra::pg
