// Job: standard output in large pieces.
// Callers: the commands. Promise: a full disk or a closed pipe is Failure(io_error), never a short file that looks
// whole.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "core/error.h"

namespace rehydra::tool {

class Output {
 public:
  explicit Output(std::FILE* file) : file_(file) {}

  Output& operator<<(std::string_view text) {
    pending_ += text;
    if (pending_.size() >= piece_bytes) {
      flush();
    }
    return *this;
  }
  void flush() {
    const bool written = std::fwrite(pending_.data(), 1, pending_.size(), file_) == pending_.size();
    if (!written || std::fflush(file_) != 0) {
      throw Failure(ErrorKind::io_error, std::string("the output cannot be written: ") + std::strerror(errno),
                    "Make room, or name another place.");
    }
    pending_.clear();
  }

 private:
  static constexpr std::size_t piece_bytes = 64U << 10;

  std::FILE* file_;
  std::string pending_;
};

}  // namespace rehydra::tool
