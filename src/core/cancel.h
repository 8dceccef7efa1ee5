// Job: let long loops of the codec ask whether somebody wants them to stop.
// Promise: the function only reads flags; the entry layer decides what a cancel becomes.
#pragma once

#include "core/error.h"

namespace rehydra {

class Cancel {
 public:
  using Asked = bool (*)() noexcept;

  Cancel() = default;
  explicit Cancel(Asked asked) : asked_(asked) {}

  void poll() const {
    if (asked_ != nullptr && asked_()) {
      throw Failure(ErrorKind::cancelled, "the operation was cancelled");
    }
  }

 private:
  Asked asked_ = nullptr;
};

}  // namespace rehydra
