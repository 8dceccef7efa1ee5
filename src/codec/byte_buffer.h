// Job: a growing run of bytes that writers fill through a pointer, without a check per byte and without zeroing.
// Callers: the row writer. Use: room(n), write at most n bytes there, advance(end).
// Promise: growth throws (std::bad_alloc) before anything is written past the end.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace rehydra::codec {

class ByteBuffer {
 public:
  explicit ByteBuffer(std::size_t capacity)
      : bytes_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

  char* room(std::size_t n) {
    if (n > capacity_ - size_) [[unlikely]] {
      grow(n);
    }
    return bytes_.get() + size_;
  }
  void advance(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }
  std::size_t size() const noexcept { return size_; }
  std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  void clear() noexcept { size_ = 0; }

 private:
  void grow(std::size_t n) {
    const std::size_t capacity = (size_ + n) * 2;
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

}  // namespace rehydra::codec
