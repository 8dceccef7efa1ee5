// Job: deflate by zlib, for machines without ISA-L.
// Callers: codec/deflate.cpp.
// Promise: see codec/deflate.h.
#include <zlib.h>

#include <array>

#include "codec/deflate.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

void require(bool fine) {
  if (!fine) {
    throw Failure(ErrorKind::internal, "the compression library reported an error");
  }
}

class ZlibEngine final : public DeflateEngine {
 public:
  ZlibEngine() {
    constexpr int raw_window = -15;
    constexpr int memory_level = 8;
    require(deflateInit2(&stream_, 1, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~ZlibEngine() override { deflateEnd(&stream_); }
  ZlibEngine(const ZlibEngine&) = delete;
  ZlibEngine& operator=(const ZlibEngine&) = delete;

  void start() override { require(deflateReset(&stream_) == Z_OK); }

  void run(std::string_view bytes, bool last, std::string& to) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<uInt>(out_.size());
      require(deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH) != Z_STREAM_ERROR);
      to.append(reinterpret_cast<const char*>(out_.data()), out_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
  std::array<std::uint8_t, out_bytes> out_{};
};

}  // namespace

std::unique_ptr<DeflateEngine> make_zlib_engine() {
  return std::make_unique<ZlibEngine>();
}

}  // namespace rehydra::codec
