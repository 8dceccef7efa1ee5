// Job: the raw records of a zip container: end of directory, directory headers, local headers, data descriptors.
// Callers: zip_directory.cpp only.
// Promise: every read is checked against the bytes that are there; what does not add up throws Failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.h"

namespace rehydra::codec::zip {

// Little endian numbers at any offset.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t size() const noexcept { return bytes_.size(); }
  std::string_view view(std::uint64_t offset, std::uint64_t length) const;
  std::uint16_t u16(std::uint64_t offset) const { return static_cast<std::uint16_t>(number(offset, 2)); }
  std::uint32_t u32(std::uint64_t offset) const { return static_cast<std::uint32_t>(number(offset, 4)); }
  std::uint64_t u64(std::uint64_t offset) const { return number(offset, 8); }

 private:
  std::uint64_t number(std::uint64_t offset, int bytes) const;

  std::string_view bytes_;
};

struct DirectoryEnd {
  std::uint64_t entries = 0;
  std::uint64_t offset = 0;  // of the first directory header
  std::uint64_t bytes = 0;
};

// What both headers of an entry say about it.
struct Header {
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t inflated_bytes = 0;
  std::uint64_t local_offset = 0;  // directory headers only
  std::string_view name;
  std::uint64_t end = 0;  // offset behind this header

  bool has_descriptor() const noexcept { return (flags & 8) != 0; }
};

DirectoryEnd read_directory_end(Bytes bytes);
Header read_directory_header(Bytes bytes, std::uint64_t offset);
// The local header that a directory header leads to; refuses one that tells another story.
Header read_local_header(Bytes bytes, const Header& directory);
// The descriptor between the entry's data and the next entry.
void check_descriptor(Bytes bytes, const Header& directory, std::uint64_t offset, std::uint64_t length);

[[noreturn]] void damaged(const char* what);
[[noreturn]] void lying(const char* what);

}  // namespace rehydra::codec::zip
