#include "tool/file_spill.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/error.h"

namespace rehydra::tool {
namespace {

[[noreturn]] void no_temporary_file() {
  throw Failure(ErrorKind::io_error, std::string("a temporary file cannot be used: ") + std::strerror(errno),
                "Make room in the folder for temporary files.");
}

class FileSpill : public Spill {
 public:
  FileSpill() : file_(std::tmpfile()) {
    if (file_ == nullptr) {
      no_temporary_file();
    }
  }
  ~FileSpill() override { std::fclose(file_); }
  FileSpill(const FileSpill&) = delete;
  FileSpill& operator=(const FileSpill&) = delete;

  void append(std::string_view bytes) override {
    move_to(size_, false);
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
      no_temporary_file();
    }
    size_ += bytes.size();
    at_ = size_;
  }
  void read(std::uint64_t offset, char* to, std::size_t bytes) override {
    move_to(offset, true);
    if (std::fread(to, 1, bytes, file_) != bytes) {
      no_temporary_file();
    }
    at_ = offset + bytes;
  }
  std::uint64_t size() const override { return size_; }

 private:
  // Between writing and reading a stream has to be placed anew, also where it stands there already.
  void move_to(std::uint64_t offset, bool reading) {
    if ((at_ != offset || reading_ != reading) && std::fseek(file_, static_cast<long>(offset), SEEK_SET) != 0) {
      no_temporary_file();
    }
    reading_ = reading;
  }

  std::FILE* file_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
  bool reading_ = false;
};

}  // namespace

std::unique_ptr<Spill> make_file_spill() {
  return std::make_unique<FileSpill>();
}

}  // namespace rehydra::tool
