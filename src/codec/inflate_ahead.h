// Job: inflate by a thread beside the one that reads, a few buffers ahead of it.
// Callers: codec/inflate.cpp, for entries that are worth it.
// Promise: the bytes and verdicts of the inflater behind it, in memory of its own, 1 MB: the thread never reads the
// packed bytes where they are, which a session that ends by FATAL frees under it. The thread is gone with the object.
// Without a second processor everything happens in the caller's thread (codec/worker.h).
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "codec/inflated_stream.h"
#include "codec/inflater.h"
#include "codec/worker.h"

namespace rehydra::codec {

class InflaterAhead : public InflatedStream {
 public:
  explicit InflaterAhead(std::string_view packed);

  bool step(char* to, std::size_t capacity, std::size_t& made) override;
  bool used_all() const override { return reading_->slice + 1 == slices_ && behind_->used_all(); }

 private:
  static constexpr std::size_t buffer_bytes = 256U << 10;
  static constexpr std::size_t buffers = 3;
  static constexpr std::size_t slice_bytes = 64U << 10;
  static constexpr std::size_t most_slices = 4;  // given and not known to be used up

  struct Buffer {
    std::vector<char> bytes = std::vector<char>(buffer_bytes);
    std::size_t size = 0;
    std::size_t slice = 0;  // that was the worker's when it was filled
    bool last = false;      // nothing comes behind it,
    bool fine = true;       // and unless the stream broke off, it is the end
  };

  ByteBuffer next_slice();
  void ask();
  void take(ByteBuffer& slice) noexcept;
  void fill() noexcept;
  bool add_to(Buffer& buffer) noexcept;
  Buffer& next();

  std::unique_ptr<Inflater> behind_ =
      make_inflater();  // the worker's until the last buffer was filled, and so the next five
  std::array<ByteBuffer, most_slices> given_;
  std::size_t taken_slices_ = 0;
  std::size_t slice_ = 0;  // that is being inflated
  bool ended_ = false;
  std::array<Buffer, buffers> ring_;

  std::string_view packed_;
  std::size_t slices_;
  std::size_t given_slices_ = 0;
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
