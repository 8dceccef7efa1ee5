// Job: bytes that a worker has made and the caller has not yet taken.
// Callers: the pipelines (zip_pipeline.h, text_pipeline.h). Use: add() in the worker; output() and consume() in the
// caller. Promise: a view from output() stays until the caller's next call; taking small chunks of a long output is
// linear.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "codec/held_signals.h"

namespace rehydra::codec {

class OutputQueue {
 public:
  void add(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    made_ += bytes;
  }

  // Bytes that output() would return.
  std::size_t waiting() const {
    const HeldSignals held;  // the worker may want the lock, see Worker::join_all
    const std::lock_guard lock(mutex_);
    return out_.size() - taken_ + made_.size();
  }

  std::string_view output() {
    {
      const HeldSignals held;
      const std::lock_guard lock(mutex_);
      if (taken_ == out_.size()) {
        out_.clear();
        taken_ = 0;
        out_.swap(made_);
      } else {
        out_ += made_;
        made_.clear();
      }
    }
    return std::string_view(out_).substr(taken_);
  }

  void consume(std::size_t n) {
    taken_ += n;
    if (taken_ == out_.size() || taken_ > out_.size() / 2) {
      out_.erase(0, taken_);
      taken_ = 0;
    }
  }

 private:
  mutable std::mutex mutex_;
  std::string made_;  // under the mutex
  std::string out_;
  std::size_t taken_ = 0;  // of out_
};

}  // namespace rehydra::codec
