// Job: deflated bytes of a zip entry, piece by piece, as a stream of inflated ones: zlib or ISA-L behind it.
// Callers: codec/inflate.cpp, codec/inflate_ahead.cpp. Use: step() until it is not `made`; feed() where it wants input.
// Promise: no allocation after it was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace rehydra::codec {

class Inflater {
 public:
  static constexpr std::size_t largest_step = 1U << 30;  // the libraries count in 32 bits

  enum class Step : std::uint8_t { made, wants_input, ended, broken };

  virtual ~Inflater() = default;
  // At most largest_step bytes, which must stay where they are until more are wanted.
  virtual void feed(std::string_view packed) = 0;
  // capacity: at most largest_step; made > 0 for Step::made alone.
  virtual Step step(char* to, std::size_t capacity, std::size_t& made) = 0;
  // Behind the end: nothing is left of what was fed.
  virtual bool used_all() const = 0;
};

std::unique_ptr<Inflater> make_inflater();

// CRC-32 as zip files have it.
std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length);

}  // namespace rehydra::codec
