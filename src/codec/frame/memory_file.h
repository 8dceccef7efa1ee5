// Job: a file that lives in memory and has a path, for libraries that only know paths.
// Callers: frame.cpp.
// Promise: nothing reaches a disk, and it is gone with the object.
#pragma once

#include <string>

namespace rehydra::codec::frame {

class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace rehydra::codec::frame
