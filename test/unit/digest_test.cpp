// Job: SHA-256 against published values, and the data set digest against its definition.
// Covers: codec/digest.h.
#include "codec/digest.h"

#include <gtest/gtest.h>

namespace rehydra::codec {
namespace {

TEST(Digest, Sha256OfPublishedTexts) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, OneRowIsTheHashOfItsTaggedValues) {
  DatasetDigest digest;
  digest.null();
  digest.value("ab");
  digest.value("");
  digest.end_row();
  using namespace std::string_view_literals;
  EXPECT_EQ(digest.sum(), sha256("\0\1\0\0\0\0\0\0\0\2ab\1\0\0\0\0\0\0\0\0"sv));
  EXPECT_EQ(digest.rows(), 1U);
}

DatasetDigest of(const std::vector<std::string>& rows) {
  DatasetDigest digest;
  for (const std::string& row : rows) {
    digest.value(row);
    digest.end_row();
  }
  return digest;
}

TEST(Digest, OrderDoesNotCountMultiplicityDoes) {
  EXPECT_EQ(of({"a", "b", "c"}).sum(), of({"c", "a", "b"}).sum());
  EXPECT_NE(of({"a", "b"}).sum(), of({"a", "b", "b"}).sum());
  EXPECT_NE(of({"a", "a"}).sum(), of({"b", "b"}).sum());
  EXPECT_EQ(of({}).sum(), Sha256{});
}

TEST(Digest, SumsWithCarries) {
  Sha256 expected{};
  for (int n = 0; n < 1'000; ++n) {
    using namespace std::string_view_literals;
    const Sha256 row = sha256("\1\0\0\0\0\0\0\0\1a"sv);
    int carry = 0;
    for (std::size_t i = expected.size(); i-- > 0;) {
      carry += expected[i] + row[i];
      expected[i] = static_cast<std::uint8_t>(carry & 255);
      carry >>= 8;
    }
  }
  EXPECT_EQ(of(std::vector<std::string>(1'000, "a")).sum(), expected);
}

TEST(Digest, NullIsNotEmptyAndBordersCount) {
  DatasetDigest null;
  null.null();
  null.end_row();
  EXPECT_NE(null.sum(), of({""}).sum());
  DatasetDigest left;
  left.value("ab");
  left.value("c");
  left.end_row();
  DatasetDigest right;
  right.value("a");
  right.value("bc");
  right.end_row();
  EXPECT_NE(left.sum(), right.sum());
}

TEST(Digest, CanBeMoved) {
  DatasetDigest digest = of({"a"});
  DatasetDigest moved = std::move(digest);
  moved.value("b");
  moved.end_row();
  EXPECT_EQ(moved.sum(), of({"a", "b"}).sum());
}

}  // namespace
}  // namespace rehydra::codec
