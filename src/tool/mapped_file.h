// Job: a file's bytes without reading it into memory.
// Callers: main. Promise: Failure(io_error) names the file; standard input is no file.
#pragma once

#include <string>
#include <string_view>

namespace rehydra::tool {

class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const noexcept { return {static_cast<const char*>(at_), size_}; }

 private:
  void* at_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rehydra::tool
