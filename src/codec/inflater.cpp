// Job: inflate with zlib, or with ISA-L where it was there at build time.
// Callers: codec/inflate.cpp, codec/inflate_ahead.cpp.
// Promise: one fixed state per open entry.
#include "codec/inflater.h"

#include <new>

#ifdef REHYDRA_HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace rehydra::codec {

namespace {

#ifdef REHYDRA_HAVE_ISAL

class Deflated : public Inflater {
 public:
  Deflated() : state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_DEFLATE;
  }

  void feed(std::string_view packed) override {
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed.data()));
    state_->avail_in = static_cast<std::uint32_t>(packed.size());
  }

  Step step(char* to, std::size_t capacity, std::size_t& made) override {
    state_->next_out = reinterpret_cast<std::uint8_t*>(to);
    state_->avail_out = static_cast<std::uint32_t>(capacity);
    bool moved = true;
    while (moved && state_->avail_out == capacity && state_->block_state != ISAL_BLOCK_FINISH) {
      const std::uint32_t waiting = state_->avail_in;
      if (isal_inflate(state_.get()) < ISAL_DECOMP_OK) {
        return Step::broken;
      }
      moved = state_->avail_out != capacity || state_->avail_in != waiting;
    }
    made = capacity - state_->avail_out;
    return made != 0 ? Step::made : state_->block_state == ISAL_BLOCK_FINISH ? Step::ended : Step::wants_input;
  }

  // Whole bytes that the decoder took ahead into its bit buffer are not used.
  bool used_all() const override { return state_->avail_in == 0 && state_->read_in_length < 8; }

 private:
  std::unique_ptr<inflate_state> state_;
};

#else

class Deflated : public Inflater {
 public:
  Deflated() {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflated() override { inflateEnd(&stream_); }

  void feed(std::string_view packed) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
  }

  Step step(char* to, std::size_t capacity, std::size_t& made) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(capacity);
    int result = Z_OK;
    while (result == Z_OK && stream_.avail_out == capacity && !ended_) {
      result = inflate(&stream_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
    }
    made = capacity - stream_.avail_out;
    if (made != 0) {
      return Step::made;
    }
    return ended_ ? Step::ended : result == Z_BUF_ERROR ? Step::wants_input : Step::broken;
  }
  bool used_all() const override { return stream_.avail_in == 0; }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

#endif

}  // namespace

std::unique_ptr<Inflater> make_inflater() {
  return std::make_unique<Deflated>();
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
