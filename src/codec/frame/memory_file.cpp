// Job: see the header.
// Callers: frame.cpp.
// Promise: see the header.
#include "codec/frame/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/error.h"

namespace rehydra::codec::frame {

MemoryFile::MemoryFile() : descriptor_(memfd_create("rehydra_frame", MFD_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw Failure(ErrorKind::io_error, "could not create a file in memory");
  }
}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

}  // namespace rehydra::codec::frame
