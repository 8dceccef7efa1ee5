// Job: the packed bytes of a zip entry as a stream of inflated ones: none, zlib or ISA-L behind it.
// Callers: codec/inflate.cpp.
// Promise: no allocation after it was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "codec/zip_directory.h"

namespace rehydra::codec {

class Inflater {
 public:
  static constexpr std::size_t largest_step = 1U << 30;  // the libraries count in 32 bits

  virtual ~Inflater() = default;
  // capacity: at most largest_step. False where the packed bytes are no valid stream; made = 0 only at its end.
  virtual bool step(char* to, std::size_t capacity, std::size_t& made) = 0;
  // Behind the end: nothing is left of the packed bytes.
  virtual bool used_all() const = 0;
};

std::unique_ptr<Inflater> make_inflater(const ZipEntry& entry);

// CRC-32 as zip files have it.
std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length);

}  // namespace rehydra::codec
