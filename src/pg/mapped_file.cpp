#include "pg/mapped_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/error.h"
#include "pg/home.h"
#include "pg/server_side.h"

namespace rehydra::pg {

namespace {

constexpr std::size_t most_written = 1U << 20;

File open_temporary() {
  const HomeScope scope;
  return call([] { return OpenTemporaryFile(false); });
}

}  // namespace

MappedFile::MappedFile() : file_(open_temporary()) {}

MappedFile::~MappedFile() {
  if (mapping_ != nullptr) {
    munmap(mapping_, size_);
  }
  if (!server_side::is_gone()) {
    FileClose(file_);
  }
}

void MappedFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const int amount = static_cast<int>(std::min(bytes.size(), most_written));
    const int written = call([&] {
      CHECK_FOR_INTERRUPTS();
      const int count = static_cast<int>(FileWrite(file_, const_cast<char*>(bytes.data()), amount,
                                                   static_cast<off_t>(size_), WAIT_EVENT_BUFFILE_WRITE));
      if (count <= 0) {
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not write to temporary file: %m")));
      }
      return count;
    });
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string_view MappedFile::view() {
  if (mapping_ == nullptr && size_ != 0) {
    const int descriptor = call([&] {
      (void)FileSize(file_);  // the server may have closed what lies below its file
      return FileGetRawDesc(file_);
    });
    void* mapping = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapping == MAP_FAILED) {
      throw Failure(ErrorKind::io_error, std::string("cannot map a temporary file: ") + std::strerror(errno),
                    "Look at the memory limits of the server's processes.");
    }
    mapping_ = mapping;
  }
  return {static_cast<const char*>(mapping_), size_};
}

}  // namespace rehydra::pg
