// Job: no signal is delivered to the calling thread within a scope; what came waits.
// Callers: the worker: a thread inherits the mask of the one that makes it, and a handler that ends the process must
// not find the caller inside of a lock that the thread waits for. Promise: the mask is as before afterwards.
#pragma once

#include <csignal>

namespace rehydra::codec {

class HeldSignals {
 public:
  HeldSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    held_ = pthread_sigmask(SIG_SETMASK, &all, &before_) == 0;
  }
  ~HeldSignals() {
    if (held_) {
      pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  explicit operator bool() const noexcept { return held_; }

 private:
  sigset_t before_{};
  bool held_ = false;
};

}  // namespace rehydra::codec
