// Job: bytes of any size in a temporary file of the server's that can be looked at as one piece, without memory for
// them. Callers: entry/upload.cpp, for files past what one value can hold. Promise: counted against temp_file_limit;
// gone with the object, or with the transaction. Only the pages that are read are in memory, and the system may take
// them back.
#pragma once

#include <cstdint>
#include <string_view>

#include "pg/guard.h"

namespace rehydra::pg {

class MappedFile {
 public:
  MappedFile();
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  void append(std::string_view bytes);
  std::uint64_t size() const noexcept { return size_; }
  // All of it, as long as the object lives; nothing can be appended any more.
  std::string_view view();

 private:
  File file_;
  std::uint64_t size_ = 0;
  void* mapping_ = nullptr;
};

}  // namespace rehydra::pg
