// Job: bytes that may grow past memory, kept in a place the caller of the codec provides (the server's temporary files,
// or memory in tests). Promise: append only; reads may come at any offset already written. Errors throw
// Failure(io_error).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace rehydra {

class Spill {
 public:
  virtual ~Spill() = default;
  virtual void append(std::string_view bytes) = 0;
  virtual void read(std::uint64_t offset, char* to, std::size_t bytes) = 0;
  virtual std::uint64_t size() const = 0;
};

using SpillFactory = std::function<std::unique_ptr<Spill>()>;

}  // namespace rehydra
