#include "tool/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace rehydra::tool {
namespace {

[[noreturn]] void cannot_read(const std::string& path, const std::string& why) {
  throw Failure(ErrorKind::io_error, "\"" + path + "\" cannot be read: " + why, "Name a file that an export made.");
}

struct Descriptor {
  int number;
  ~Descriptor() { ::close(number); }
};

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    cannot_read(path, std::strerror(errno));
  }
  const Descriptor descriptor{number};
  struct stat status {};
  if (::fstat(number, &status) != 0) {
    cannot_read(path, std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    cannot_read(path, "it is no regular file");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) {
    cannot_read(path, "it is empty");
  }
  at_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, number, 0);
  if (at_ == MAP_FAILED) {
    cannot_read(path, std::strerror(errno));
  }
}

MappedFile::~MappedFile() {
  ::munmap(at_, size_);
}

}  // namespace rehydra::tool
