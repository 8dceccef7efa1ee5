// Job: a spill in memory, for programs without a server.
// Callers: unit tests and the sample writer.
// Promise: reads past the end throw, as the server's do.
#pragma once

#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/spill.h"

namespace rehydra::test {

class VectorSpill final : public Spill {
 public:
  void append(std::string_view bytes) override { bytes_ += bytes; }
  void read(std::uint64_t offset, char* to, std::size_t bytes) override {
    if (offset + bytes > bytes_.size()) {
      throw Failure(ErrorKind::io_error, "read past the end of a spill");
    }
    std::memcpy(to, bytes_.data() + offset, bytes);
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
};

inline std::unique_ptr<Spill> make_vector_spill() {
  return std::make_unique<VectorSpill>();
}

}  // namespace rehydra::test
