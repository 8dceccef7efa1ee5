// Job: inflate zip entries with zlib, or with ISA-L where it was there at build time.
// Callers: codec/xml_input.h.
// Promise: one fixed state per open entry; the stream must end exactly where the packed bytes end.
#include "codec/inflate.h"

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

constexpr std::uint64_t ratio_counts_from = 1 << 20;
constexpr std::uint64_t largest_step = 1 << 30;  // the libraries count in 32 bits

[[noreturn]] void damaged(std::string_view part, const char* what) {
  throw Failure(ErrorKind::bad_file, "part " + std::string(part) + " of the workbook is damaged: " + what,
                "Upload the xlsx file as it was exported or saved.");
}

}  // namespace

class EntrySource::Inflater {
 public:
  virtual ~Inflater() = default;
  // False where the packed bytes are no valid stream; made = 0 only at its end.
  virtual bool step(char* to, std::size_t capacity, std::size_t& made) = 0;
  virtual bool used_all() const = 0;
};

namespace {

class Copier : public EntrySource::Inflater {
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

class Deflated : public EntrySource::Inflater {
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
      const std::size_t bytes = std::min<std::uint64_t>(packed_.size(), largest_step);
      state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed_.data()));
      state_->avail_in = static_cast<std::uint32_t>(bytes);
      packed_.remove_prefix(bytes);
    }
  }

  std::string_view packed_;
  std::unique_ptr<inflate_state> state_;
};

std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes), length);
}

#else

class Deflated : public EntrySource::Inflater {
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
      const std::size_t bytes = std::min<std::uint64_t>(packed_.size(), largest_step);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
      stream_.avail_in = static_cast<uInt>(bytes);
      packed_.remove_prefix(bytes);
    }
  }

  std::string_view packed_;
  z_stream stream_{};
  bool ended_ = false;
};

std::uint32_t add_to_crc(std::uint32_t crc, const char* bytes, std::size_t length) {
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes), length));
}

#endif

std::unique_ptr<EntrySource::Inflater> inflater_for(const ZipEntry& entry) {
  if (entry.method == ZipMethod::stored) {
    return std::make_unique<Copier>(entry.data);
  }
  return std::make_unique<Deflated>(entry.data);
}

}  // namespace

EntrySource::EntrySource(const ZipEntry& entry, Budget& inflated, Cancel cancel, HeldPart held)
    : name_(entry.name),
      stated_bytes_(entry.inflated_bytes),
      packed_bytes_(entry.data.size()),
      stated_crc_(entry.crc32),
      inflated_(inflated),
      cancel_(cancel),
      held_(held),
      inflater_(inflater_for(entry)) {}

EntrySource::~EntrySource() = default;

std::size_t EntrySource::read(char* to, std::size_t capacity) {
  cancel_.poll();
  std::size_t made = 0;
  if (!inflater_->step(to, std::min<std::uint64_t>(capacity, largest_step), made)) {
    damaged(name_, "its compressed bytes are broken or cut off");
  }
  if (made == 0) {
    check_end();
    return 0;
  }
  count(made);
  crc_ = add_to_crc(crc_, to, made);
  return made;
}

void EntrySource::count(std::size_t bytes) {
  bytes_ += bytes;
  inflated_.take(bytes);
  if (bytes_ > held_.bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "part " + name_ + " is larger than the " + std::to_string(held_.bytes) +
                      " bytes that rehydra.max_held_part_bytes allows",
                  "Raise rehydra.max_held_part_bytes, or remove styles and other extras from the workbook.");
  }
  if (bytes_ > ratio_counts_from && bytes_ / held_.ratio > packed_bytes_) {
    throw Failure(ErrorKind::limit_exceeded,
                  "part " + name_ + " inflates to more than the " + std::to_string(held_.ratio) +
                      " times its size that rehydra.max_held_part_ratio allows",
                  "Raise rehydra.max_held_part_ratio if the file comes from a source that you trust.");
  }
  if (bytes_ > stated_bytes_) {
    damaged(name_, "it is longer than the container says");
  }
}

void EntrySource::check_end() const {
  if (bytes_ != stated_bytes_ || !inflater_->used_all()) {
    damaged(name_, "its size is not what the container says");
  }
  if (crc_ != stated_crc_) {
    damaged(name_, "its checksum is wrong");
  }
}

}  // namespace rehydra::codec
