#include "codec/inflate_ahead.h"

#include <algorithm>
#include <cstring>

#include "codec/held_signals.h"

namespace rehydra::codec {

InflaterAhead::InflaterAhead(std::string_view packed)
    : packed_(packed), slices_((packed.size() + slice_bytes - 1) / slice_bytes), scope_(worker_) {
  for (std::size_t i = 0; i < buffers; ++i) {
    ask();
  }
}

// Empty where the worker has enough.
ByteBuffer InflaterAhead::next_slice() {
  const std::size_t used = reading_ == nullptr ? 0 : reading_->slice;
  ByteBuffer slice;
  if (given_slices_ < slices_ && given_slices_ - used < most_slices) {
    slice = worker_.buffer();
    slice.append(packed_.substr(given_slices_ * slice_bytes, slice_bytes));
    ++given_slices_;
  }
  return slice;
}

void InflaterAhead::ask() {
  const auto task = [](void* target, ByteBuffer& slice) {
    InflaterAhead& self = *static_cast<InflaterAhead*>(target);
    self.take(slice);
    self.fill();
  };
  worker_.post(this, task, next_slice());
}

// In the worker, as all up to add_to(): nothing there allocates, so that the caller never waits in vain.
void InflaterAhead::take(ByteBuffer& slice) noexcept {
  if (!slice.empty()) {
    std::swap(given_[taken_slices_ % most_slices], slice);
    ++taken_slices_;
    if (taken_slices_ == 1) {
      behind_->feed(given_[0].view());
    }
  }
}

// Behind the last buffer nobody waits for another one.
void InflaterAhead::fill() noexcept {
  if (ended_) {
    return;
  }
  Buffer& buffer = ring_[filled_ % buffers];  // written here alone
  buffer.size = 0;
  while (buffer.size < buffer_bytes && add_to(buffer)) {
  }
  buffer.slice = slice_;
  ended_ = buffer.last;
  const std::lock_guard lock(mutex_);
  ++filled_;
  has_filled_.notify_one();
}

// False where nothing more can be added now.
bool InflaterAhead::add_to(Buffer& buffer) noexcept {
  std::size_t made = 0;
  const Inflater::Step step = behind_->step(buffer.bytes.data() + buffer.size, buffer_bytes - buffer.size, made);
  buffer.size += made;
  if (step == Inflater::Step::wants_input && slice_ + 1 < taken_slices_) {
    ++slice_;
    behind_->feed(given_[slice_ % most_slices].view());
    return true;
  }
  const bool cut_off = step == Inflater::Step::wants_input && taken_slices_ == slices_;
  buffer.fine = step != Inflater::Step::broken && !cut_off;
  buffer.last = step == Inflater::Step::ended || !buffer.fine;
  return step == Inflater::Step::made;
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
