#include "codec/huffman_code.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <vector>

namespace rehydra::codec {
namespace {

constexpr unsigned longest_of_all = 15;
using LengthCounts = std::array<std::uint32_t, longest_of_all + 1>;

struct Leaf {
  std::uint32_t count;
  std::size_t symbol;
};

std::vector<Leaf> leaves_by_count(std::span<const std::uint32_t> counts) {
  std::vector<Leaf> leaves;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) {
      leaves.push_back({counts[i], i});
    }
  }
  std::sort(leaves.begin(), leaves.end(),
            [](const Leaf& a, const Leaf& b) { return std::tie(a.count, a.symbol) < std::tie(b.count, b.symbol); });
  return leaves;
}

// Huffman's tree over ascending counts: its inner nodes ascend too, so that the two lightest always stand in front.
// The parent of each node, leaves first; the last one is the root.
std::vector<std::size_t> parents_of(const std::vector<Leaf>& leaves) {
  const std::size_t nodes = 2 * leaves.size() - 1;
  std::vector<std::uint64_t> weight(nodes);
  std::transform(leaves.begin(), leaves.end(), weight.begin(), [](const Leaf& leaf) { return leaf.count; });
  std::vector<std::size_t> parent(nodes);
  std::size_t leaf = 0;
  std::size_t inner = leaves.size();
  for (std::size_t made = leaves.size(); made < nodes; ++made) {
    for (int child = 0; child < 2; ++child) {
      const bool take_leaf = leaf < leaves.size() && (inner == made || weight[leaf] <= weight[inner]);
      const std::size_t lightest = take_leaf ? leaf++ : inner++;
      weight[made] += weight[lightest];
      parent[lightest] = made;
    }
  }
  return parent;
}

LengthCounts count_lengths(const std::vector<std::size_t>& parent, std::size_t leaves, unsigned longest) {
  LengthCounts of{};
  std::vector<unsigned> depth(parent.size());
  for (std::size_t i = parent.size() - 1; i-- > 0;) {
    depth[i] = depth[parent[i]] + 1;
    if (i < leaves) {
      ++of[std::min(depth[i], longest)];
    }
  }
  return of;
}

// Cutting lengths took more of the code's space than there is: the longest that are shorter than the limit give way.
void make_complete(LengthCounts& of, unsigned longest) {
  std::uint64_t used = 0;
  for (unsigned length = 1; length <= longest; ++length) {
    used += static_cast<std::uint64_t>(of[length]) << (longest - length);
  }
  for (; used > 1ULL << longest; --used) {
    unsigned shorter = longest - 1;
    while (of[shorter] == 0) {
      --shorter;
    }
    --of[longest];
    --of[shorter];
    of[shorter + 1] += 2;
  }
}

}  // namespace

void choose_lengths(std::span<const std::uint32_t> counts, unsigned longest, std::span<std::uint8_t> lengths) {
  const std::vector<Leaf> leaves = leaves_by_count(counts);
  LengthCounts of = count_lengths(parents_of(leaves), leaves.size(), longest);
  make_complete(of, longest);
  std::fill(lengths.begin(), lengths.end(), static_cast<std::uint8_t>(0));
  unsigned length = longest;
  for (const Leaf& leaf : leaves) {
    while (of[length] == 0) {
      --length;
    }
    --of[length];
    lengths[leaf.symbol] = static_cast<std::uint8_t>(length);
  }
}

void assign_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes) {
  LengthCounts of{};
  for (const std::uint8_t length : lengths) {
    ++of[length];
  }
  of[0] = 0;
  std::array<std::uint32_t, longest_of_all + 2> next{};
  for (unsigned length = 1; length <= longest_of_all; ++length) {
    next[length + 1] = (next[length] + of[length]) << 1;
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::uint32_t code = lengths[i] == 0 ? 0 : next[lengths[i]]++;
    std::uint32_t reversed = 0;
    for (unsigned bit = 0; bit < lengths[i]; ++bit, code >>= 1) {
      reversed = reversed << 1 | (code & 1);
    }
    codes[i] = static_cast<std::uint16_t>(reversed);
  }
}

}  // namespace rehydra::codec
