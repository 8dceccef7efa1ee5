#include "codec/inflate_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codec/held_signals.h"

namespace rehydra::codec {

InflaterAhead::InflaterAhead(std::unique_ptr<Inflater> behind) : behind_(std::move(behind)), scope_(worker_) {
  for (std::size_t i = 0; i < buffers; ++i) {
    ask();
  }
}

void InflaterAhead::ask() {
  worker_.post(this, [](void* target, std::string&) { static_cast<InflaterAhead*>(target)->fill(); }, {});
}

// In the worker. Behind the last buffer nobody waits for another one.
void InflaterAhead::fill() noexcept {
  const std::size_t before = filled_;  // written here alone
  if (before != 0 && ring_[(before - 1) % buffers].last) {
    return;
  }
  Buffer& buffer = ring_[before % buffers];
  buffer.size = 0;
  while (!buffer.last && buffer.size < buffer_bytes) {
    std::size_t made = 0;
    buffer.fine = behind_->step(buffer.bytes.data() + buffer.size, buffer_bytes - buffer.size, made);
    buffer.size += buffer.fine ? made : 0;
    buffer.last = !buffer.fine || made == 0;
  }
  const std::lock_guard lock(mutex_);
  ++filled_;
  has_filled_.notify_one();
}

InflaterAhead::Buffer& InflaterAhead::next() {
  if (reading_ != nullptr) {
    ++read_;
    ask();
  }
  const HeldSignals held;  // the worker wants the lock, see Worker::join_all
  std::unique_lock lock(mutex_);
  has_filled_.wait(lock, [this] { return filled_ > read_; });
  taken_ = 0;
  return ring_[read_ % buffers];
}

bool InflaterAhead::step(char* to, std::size_t capacity, std::size_t& made) {
  while (reading_ == nullptr || (taken_ == reading_->size && !reading_->last)) {
    reading_ = &next();
  }
  made = std::min(capacity, reading_->size - taken_);
  std::memcpy(to, reading_->bytes.data() + taken_, made);
  taken_ += made;
  return made != 0 || reading_->fine;
}

}  // namespace rehydra::codec
