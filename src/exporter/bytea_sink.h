// Job: gather a stream's chunks in the one bytea that they become.
// Callers: rehydra_export.
// Promise: the value grows in place (large blocks are moved by the system, not copied), so its pages are written once
// and no file is; what was not asked for in the end is given back.
#pragma once

#include <cstdint>
#include <string_view>

#include "pg/pg.h"

namespace rehydra::exporter {

class ByteaSink {
 public:
  // The value is made there, and goes with it on an error.
  explicit ByteaSink(MemoryContext memory) : memory_(memory) {}
  // Failure(limit_exceeded) as soon as the bytes are more than one value can hold.
  void add(std::string_view chunk);
  Datum finish();

 private:
  void grow(std::uint64_t capacity);

  MemoryContext memory_;
  char* value_ = nullptr;
  std::uint64_t size_ = VARHDRSZ;
  std::uint64_t capacity_ = 0;
};

}  // namespace rehydra::exporter
