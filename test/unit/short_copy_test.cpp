// Job: copies of every size that is done in words, and some beyond.
// Covers: codec/short_copy.h.
#include "codec/short_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace rehydra::codec {
namespace {

// Both in memory of exactly their size, so that the sanitizer sees a byte too many.
TEST(ShortCopy, ReadsAndWritesTheTextAlone) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const auto from = std::make_unique<char[]>(size);
    const auto to = std::make_unique<char[]>(size);
    for (std::size_t i = 0; i < size; ++i) {
      from[i] = static_cast<char>('a' + i % 26);
    }
    EXPECT_EQ(copy_short(to.get(), {from.get(), size}), to.get() + size);
    EXPECT_TRUE(std::equal(to.get(), to.get() + size, from.get())) << size;
  }
}

}  // namespace
}  // namespace rehydra::codec
