// Job: inflate with zlib, or with ISA-L where it was there at build time.
// Callers: codec/inflate.cpp.
// Promise: one fixed state per open entry; the stream must end exactly where the packed bytes end.
#include "codec/inflater.h"

#include <algorithm>
#include <cstring>
#include <new>

#ifdef REHYDRA_HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace rehydra::codec {

namespace {

class Copier : public Inflater {
 public:
  explicit Copier(std::string_view packed) : packed_(packed) {}

  bool step(char* to, std::size_t capacity, std::size_t& made) override {
    made = std::min(capacity, packed_.size());
    std::memcpy(to, packed_.data(), made);
    packed_.remove_prefix(made);
    return true;
  }
  bool used_all() const override { return packed_.empty(); }

 private:
  std::string_view packed_;
};

#ifdef REHYDRA_HAVE_ISAL

class Deflated : public Inflater {
 public:
  explicit Deflated(std::string_view packed) : packed_(packed), state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_DEFLATE;
  }

  bool step(char* to, std::size_t capacity, std::size_t& made) override {
    state_->next_out = reinterpret_cast<std::uint8_t*>(to);
    state_->avail_out = static_cast<std::uint32_t>(capacity);
    while (state_->avail_out == capacity && state_->block_state != ISAL_BLOCK_FINISH) {
      feed();
      const std::uint32_t waiting = state_->avail_in;
      if (isal_inflate(state_.get()) < ISAL_DECOMP_OK) {
        return false;
      }
      const bool moved = state_->avail_out != capacity || state_->avail_in != waiting;
      if (!moved && state_->block_state != ISAL_BLOCK_FINISH) {
        return false;  // cut off
      }
    }
    made = capacity - state_->avail_out;
    return true;
  }

  // Whole bytes that the decoder took ahead into its bit buffer are not used.
  bool used_all() const override { return packed_.empty() && state_->avail_in == 0 && state_->read_in_length < 8; }

 private:
  void feed() {
    if (state_->avail_in == 0 && !packed_.empty()) {
      const std::size_t bytes = std::min(packed_.size(), Inflater::largest_step);
      state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed_.data()));
      state_->avail_in = static_cast<std::uint32_t>(bytes);
      packed_.remove_prefix(bytes);
    }
  }

  std::string_view packed_;
  std::unique_ptr<inflate_state> state_;
};

#else

class Deflated : public Inflater {
 public:
  explicit Deflated(std::string_view packed) : packed_(packed) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflated() override { inflateEnd(&stream_); }

  bool step(char* to, std::size_t capacity, std::size_t& made) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(capacity);
    while (stream_.avail_out == capacity && !ended_) {
      feed();
      const int result = inflate(&stream_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
      if (result != Z_OK && !ended_) {
        return false;  // Z_BUF_ERROR: cut off
      }
    }
    made = capacity - stream_.avail_out;
    return true;
  }
  bool used_all() const override { return packed_.empty() && stream_.avail_in == 0; }

 private:
  void feed() {
    if (stream_.avail_in == 0 && !packed_.empty()) {
      const std::size_t bytes = std::min(packed_.size(), Inflater::largest_step);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
      stream_.avail_in = static_cast<uInt>(bytes);
      packed_.remove_prefix(bytes);
    }
  }

  std::string_view packed_;
  z_stream stream_{};
  bool ended_ = false;
};

#endif

}  // namespace

std::unique_ptr<Inflater> make_inflater(const ZipEntry& entry) {
  if (entry.method == ZipMethod::stored) {
    return std::make_unique<Copier>(entry.data);
  }
  return std::make_unique<Deflated>(entry.data);
}

#ifdef REHYDRA_HAVE_ISAL

std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes), length);
}

#else

std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length) {
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes), length));
}

#endif

}  // namespace rehydra::codec
