// Job: inflate by a thread beside the one that reads, a few buffers ahead of it.
// Callers: codec/inflate.cpp, for entries that are worth it.
// Promise: the bytes and verdicts of the inflater behind it, in memory of three buffers; the thread is gone with the
// object. Without a second processor everything happens in the caller's thread (codec/worker.h).
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/inflater.h"
#include "codec/worker.h"

namespace rehydra::codec {

class InflaterAhead : public Inflater {
 public:
  explicit InflaterAhead(std::unique_ptr<Inflater> behind);

  bool step(char* to, std::size_t capacity, std::size_t& made) override;
  bool used_all() const override { return behind_->used_all(); }

 private:
  static constexpr std::size_t buffer_bytes = 128U << 10;
  static constexpr std::size_t buffers = 3;

  struct Buffer {
    std::vector<char> bytes = std::vector<char>(buffer_bytes);
    std::size_t size = 0;
    bool last = false;  // nothing comes behind it,
    bool fine = true;   // and unless the stream broke off, it is the end
  };

  void ask();
  void fill() noexcept;
  Buffer& next();

  std::unique_ptr<Inflater> behind_;  // the worker's until the last buffer was filled
  std::array<Buffer, buffers> ring_;
  std::mutex mutex_;
  std::condition_variable has_filled_;
  std::size_t filled_ = 0;  // buffers in all; under the mutex
  std::size_t read_ = 0;    // buffers in all, without the one that is being read
  Buffer* reading_ = nullptr;
  std::size_t taken_ = 0;  // bytes of it
  Worker worker_;
  Worker::Scope scope_;  // last: its thread is gone before what it works on
};

}  // namespace rehydra::codec
