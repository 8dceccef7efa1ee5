// Job: see the header.
// Callers: the zip writer.
// Promise: see the header.
#include "codec/deflate.h"

#include "codec/inflater.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t slice_bytes = 1U << 20;  // both libraries count in 32 bits

std::unique_ptr<DeflateEngine> make_best_engine() {
  auto engine = make_isal_engine();
  return engine ? std::move(engine) : make_zlib_engine();
}

}  // namespace

Deflater::Deflater() : Deflater(make_best_engine()) {}

void Deflater::begin() {
  engine_->start();
  crc_ = 0;
}

void Deflater::write(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::string_view slice = bytes.substr(0, slice_bytes);
    crc_ = add_to_crc(crc_, slice.data(), slice.size());
    engine_->run(slice, false, out);
    bytes.remove_prefix(slice.size());
  }
}

void Deflater::end(std::string& out) {
  engine_->run({}, true, out);
}

}  // namespace rehydra::codec
