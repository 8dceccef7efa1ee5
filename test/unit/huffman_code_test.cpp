// Job: prefix codes are complete, keep their limit and give frequent symbols the short ones.
// Covers: codec/huffman_code.h.
#include "codec/huffman_code.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "random_text.h"

namespace rehydra::codec {
namespace {

std::vector<std::uint8_t> lengths_of(const std::vector<std::uint32_t>& counts, unsigned longest) {
  std::vector<std::uint8_t> lengths(counts.size());
  choose_lengths(counts, longest, lengths);
  return lengths;
}

// In units of the longest code there may be.
std::uint64_t space_used(const std::vector<std::uint8_t>& lengths, unsigned longest) {
  return std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}, [&](std::uint64_t used, unsigned length) {
    return length == 0 ? used : used + (std::uint64_t{1} << (longest - length));
  });
}

TEST(HuffmanCode, IsCompleteWithinItsLimit) {
  test::RandomText random(21);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::uint32_t> counts(2 + random.number(284));
    for (std::uint32_t& count : counts) {
      count = 1 + static_cast<std::uint32_t>(random.number(1ULL << random.number(30)));
    }
    for (const unsigned longest : {9U, 12U, 15U}) {
      const std::vector<std::uint8_t> lengths = lengths_of(counts, longest);
      EXPECT_EQ(space_used(lengths, longest), 1ULL << longest);
      for (std::size_t at = 0; at < counts.size(); ++at) {
        EXPECT_LE(lengths[at], longest);
        EXPECT_TRUE(counts[at] <= counts[0] || lengths[at] <= lengths[0]);
      }
    }
  }
}

TEST(HuffmanCode, CutsATreeThatIsTooDeep) {
  std::vector<std::uint32_t> counts = {1, 1};
  while (counts.size() < 40) {
    counts.push_back(counts[counts.size() - 1] + counts[counts.size() - 2]);  // the deepest tree there is
  }
  const std::vector<std::uint8_t> lengths = lengths_of(counts, 7);
  EXPECT_EQ(space_used(lengths, 7), 128U);
  EXPECT_EQ(lengths[0], 7U);
  EXPECT_EQ(lengths[39], 1U);
}

TEST(HuffmanCode, LeavesOutWhatNeverOccurs) {
  EXPECT_EQ(lengths_of({0, 5, 0, 1, 3}, 15), (std::vector<std::uint8_t>{0, 1, 0, 2, 2}));
}

// RFC 1951, section 3.2.2; the first bit is the lowest here.
TEST(HuffmanCode, CodesAreThoseOfTheSpecification) {
  const std::vector<std::uint8_t> lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> codes(lengths.size());
  assign_codes(lengths, codes);
  EXPECT_EQ(codes, (std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111}));
}

}  // namespace
}  // namespace rehydra::codec
