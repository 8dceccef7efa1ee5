// Job: what the fuzz targets share: plain bytes as a source, tight limits, a spill in memory.
// Callers: test/fuzz/fuzz_*.cpp.
// Promise: limits so low that inputs of a few kilobytes reach each of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "codec/inflate.h"
#include "core/limits.h"
#include "core/spill.h"

namespace rehydra::fuzz {

class Source : public codec::ByteSource {
 public:
  Source(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  std::size_t read(char* to, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, piece_, bytes_.size()});
    std::memcpy(to, bytes_.data(), count);
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
  std::size_t piece_;
};

class MemorySpill : public Spill {
 public:
  void append(std::string_view bytes) override { bytes_ += bytes; }
  void read(std::uint64_t offset, char* to, std::size_t bytes) override { bytes_.copy(to, bytes, offset); }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
};

inline std::unique_ptr<Spill> make_spill() {
  return std::make_unique<MemorySpill>();
}

inline Limits tight_limits() {
  Limits limits;
  limits.inflated_bytes = 4 << 20;
  limits.held_part_bytes = 256 << 10;
  limits.shared_string_bytes = 256;
  limits.entries = 64;
  limits.sheets = 8;
  limits.xml_depth = 8;
  limits.xml_attributes = 8;
  limits.cell_units = 64;
  return limits;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Touches every byte, so that a sanitizer sees a view that leads nowhere.
inline void touch(std::string_view text) {
  volatile unsigned sum = 0;
  for (const char c : text) {
    sum = sum + static_cast<unsigned char>(c);
  }
}

}  // namespace rehydra::fuzz
