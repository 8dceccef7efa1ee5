// Job: what comes out of the packed bytes of one zip entry, in the caller's thread or ahead of it.
// Callers: codec/inflate.cpp.
#pragma once

#include <cstddef>

namespace rehydra::codec {

class InflatedStream {
 public:
  virtual ~InflatedStream() = default;
  // False where the packed bytes are no whole stream; made = 0 only at its end. capacity: at most
  // Inflater::largest_step.
  virtual bool step(char* to, std::size_t capacity, std::size_t& made) = 0;
  // Behind the end: the stream ended where the packed bytes do.
  virtual bool used_all() const = 0;
};

}  // namespace rehydra::codec
