// Job: zip files read back by another implementation; bytes reproducible; limits before they are passed.
// Covers: codec/zip_writer.h, codec/deflate.h.
#include "codec/zip_writer.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "core/error.h"
#include "inflated.h"
#include "random_text.h"
#include "zip_content.h"

namespace rehydra::codec {
namespace {

using test::inflated;

void expect_comes_back(Deflater deflater) {
  test::RandomText random(8);
  for (int i = 0; i < 50; ++i) {
    std::string bytes;
    std::string packed;
    deflater.begin();
    for (std::uint64_t n = random.number(20); n > 0; --n) {
      const std::string slice = random.next(random.number(10'000));
      deflater.write(slice, packed);
      bytes += slice;
    }
    deflater.end(packed);
    ASSERT_EQ(inflated(packed, bytes.size()), bytes);
    ASSERT_EQ(deflater.crc(), crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  }
}

TEST(Deflater, ComesBackWhateverTheSlices) {
  expect_comes_back(Deflater());
}

TEST(Deflater, ComesBackWithoutIsalToo) {
  expect_comes_back(Deflater(make_zlib_engine()));
}

TEST(Deflater, TakesMoreThanAMebibyteAtOnceAndShrinksIt) {
  const std::string bytes(5'000'000, 'x');
  for (auto engine : {make_isal_engine, make_zlib_engine}) {
    auto made = engine();
    if (!made) {
      continue;
    }
    std::string packed;
    Deflater deflater(std::move(made));
    deflater.begin();
    deflater.write(bytes, packed);
    deflater.end(packed);
    EXPECT_LT(packed.size(), 100'000U);
    EXPECT_EQ(inflated(packed, bytes.size()), bytes);
  }
}

std::string sample_zip(std::size_t take) {
  test::RandomText random(9);
  ZipWriter zip;
  std::string bytes;
  const auto consume = [&](std::size_t most) {
    const std::string_view chunk = zip.output().substr(0, most);
    bytes += chunk;
    zip.consume(chunk.size());
  };
  for (int part = 0; part < 5; ++part) {
    zip.begin("part" + std::to_string(part));
    for (int i = 0; i < part * 10; ++i) {
      zip.write(random.next(5'000));
      consume(take);
    }
    zip.end();
  }
  zip.finish();
  while (!zip.output().empty()) {
    consume(take);
  }
  return bytes;
}

TEST(ZipWriter, AnotherReaderFindsAllParts) {
  const test::ZipContent content = test::read_zip(sample_zip(1'000'000));
  test::RandomText random(9);
  ASSERT_EQ(content.names.size(), 5U);
  for (int part = 0; part < 5; ++part) {
    std::string expected;
    for (int i = 0; i < part * 10; ++i) {
      expected += random.next(5'000);
    }
    EXPECT_EQ(content.parts.at("part" + std::to_string(part)), expected);
  }
}

TEST(ZipWriter, BytesDoNotDependOnHowTheyAreTaken) {
  const std::string whole = sample_zip(100'000'000);
  EXPECT_EQ(sample_zip(17), whole);
  EXPECT_EQ(sample_zip(4'096), whole);
}

TEST(ZipWriter, AnEmptyZipIsOne) {
  ZipWriter zip;
  zip.finish();
  EXPECT_EQ(zip.output().size(), 22U);
}

TEST(ZipWriter, RefusesAPartOf4GiB) {
  ZipWriter zip;
  zip.begin("large");
  const std::string block(64 << 20, 'x');
  for (int i = 0; i < 63; ++i) {
    zip.write(block);
    zip.consume(zip.output().size());
  }
  try {
    zip.write(block);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error().kind, ErrorKind::limit_exceeded);
  }
}

}  // namespace
}  // namespace rehydra::codec
