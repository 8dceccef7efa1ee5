// Job: a raw deflate stream inflated by zlib, which had no part in making it.
// Callers: unit tests of what deflates.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace rehydra::test {

// Fails unless the stream holds so many bytes and ends where the packed bytes do.
inline std::string inflated(const std::string& packed, std::size_t size) {
  std::string bytes(size, '\0');
  char none = 0;
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(size == 0 ? &none : bytes.data());
  stream.avail_out = static_cast<uInt>(size);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  EXPECT_EQ(stream.total_out, size);
  inflateEnd(&stream);
  return bytes;
}

}  // namespace rehydra::test
