// Job: the entries of an uploaded zip container, after checking that every reader of it would see the same ones.
// Callers: the workbook reader; entries are inflated by codec/inflate.h.
// Promise: looks only at headers, allocates by what it has seen, and refuses containers that lie about themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/limits.h"

namespace rehydra::codec {

enum class ZipMethod : std::uint8_t { stored, deflated };

struct ZipEntry {
  std::string_view name;  // as the file spells it; a folder's ends with a slash
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc32 = 0;
  std::uint64_t inflated_bytes = 0;  // as stated: checked while inflating, never trusted before
  std::string_view data;             // as packed
};

class ZipDirectory {
 public:
  // The views point into bytes, which must outlive the directory.
  ZipDirectory(std::string_view bytes, const Limits& limits);

  const std::vector<ZipEntry>& entries() const noexcept { return entries_; }
  // Part names know no case, percent escapes mean their characters, and a leading slash means nothing.
  const ZipEntry* find(std::string_view part) const;

 private:
  std::vector<ZipEntry> entries_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace rehydra::codec
