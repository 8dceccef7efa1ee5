// Job: bits into bytes, the first one lowest, as deflate has them.
// Callers: codec/deflate_code.cpp, codec/deflate_rows.cpp. Use: put() up to 56 bits, then flush(), and again.
// Promise: none about room: up to 8 bytes past the last whole one are written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rehydra::codec {

class BitWriter {
 public:
  void start_at(char* to) noexcept { to_ = to; }  // bits that are no whole byte yet come first

  void put(std::uint64_t bits, unsigned count) noexcept {
    waiting_ |= bits << count_;
    count_ += count;
  }
  void flush() noexcept {
    std::uint64_t bytes = waiting_;
    if constexpr (std::endian::native == std::endian::big) {
      bytes = __builtin_bswap64(bytes);
    }
    std::memcpy(to_, &bytes, sizeof bytes);
    to_ += count_ / 8;
    waiting_ >>= count_ & ~7U;
    count_ &= 7;
  }
  // A whole byte, the rest of it zeros.
  void fill_byte() noexcept {
    put(0, (8 - count_ % 8) % 8);
    flush();
  }
  const char* end() const noexcept { return to_; }

 private:
  char* to_ = nullptr;
  std::uint64_t waiting_ = 0;
  unsigned count_ = 0;
};

}  // namespace rehydra::codec
