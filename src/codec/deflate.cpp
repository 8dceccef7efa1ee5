// Job: the two engines behind codec/deflate.h.
// Callers: the zip writer only.
// Promise: output leaves through one buffer of fixed size, on which ISA-L's choice of block borders depends.
#include "codec/deflate.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"

#ifdef REHYDRA_HAVE_ISAL
#include <isa-l.h>
#else
#include <zlib.h>
#endif

namespace rehydra::codec {
namespace {

constexpr std::size_t out_bytes = 64U << 10;
constexpr std::size_t slice_bytes = 1U << 20;  // both libraries count in 32 bits

[[noreturn]] void failed() {
  throw Failure(ErrorKind::internal, "the compression library reported an error");
}

}  // namespace

#ifdef REHYDRA_HAVE_ISAL

struct Deflater::Engine {
  Engine() : level_buffer(ISAL_DEF_LVL1_DEFAULT) { start(); }

  void start() {
    isal_deflate_init(&stream);
    stream.level = 1;
    stream.level_buf = level_buffer.data();
    stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
    stream.gzip_flag = IGZIP_DEFLATE;
    crc = 0;
  }

  void run(std::string_view bytes, bool last, std::string& to) {
    auto* in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    crc = crc32_gzip_refl(crc, in, bytes.size());
    stream.next_in = in;
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.end_of_stream = last ? 1 : 0;
    do {
      stream.next_out = out.data();
      stream.avail_out = static_cast<std::uint32_t>(out.size());
      if (isal_deflate(&stream) != COMP_OK) {
        failed();
      }
      to.append(reinterpret_cast<const char*>(out.data()), out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }

  isal_zstream stream{};
  std::vector<std::uint8_t> level_buffer;
  std::array<std::uint8_t, out_bytes> out;
  std::uint32_t crc = 0;
};

#else

struct Deflater::Engine {
  Engine() {
    constexpr int raw_window = -15;
    constexpr int memory_level = 8;
    if (deflateInit2(&stream, 1, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      failed();
    }
  }
  ~Engine() { deflateEnd(&stream); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start() {
    if (deflateReset(&stream) != Z_OK) {
      failed();
    }
    crc = 0;
  }

  void run(std::string_view bytes, bool last, std::string& to) {
    auto* in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    crc = static_cast<std::uint32_t>(crc32_z(crc, in, bytes.size()));
    stream.next_in = in;
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = out.data();
      stream.avail_out = static_cast<uInt>(out.size());
      if (deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) {
        failed();
      }
      to.append(reinterpret_cast<const char*>(out.data()), out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }

  z_stream stream{};
  std::array<std::uint8_t, out_bytes> out;
  std::uint32_t crc = 0;
};

#endif

Deflater::Deflater() : engine_(std::make_unique<Engine>()) {}
Deflater::~Deflater() = default;

void Deflater::begin() {
  engine_->start();
}

void Deflater::write(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::string_view slice = bytes.substr(0, slice_bytes);
    engine_->run(slice, false, out);
    bytes.remove_prefix(slice.size());
  }
}

void Deflater::end(std::string& out) {
  engine_->run({}, true, out);
}

std::uint32_t Deflater::crc() const noexcept {
  return engine_->crc;
}

}  // namespace rehydra::codec
