// Job: bytes of a file that is not compressed on their way out; a Worker takes their SHA-256.
// Callers: the writer of json documents. Use: write() ...; finish(); sha256() behind it.
// Promise: output() may lag behind write() until finish() returns.
#pragma once

#include <string>
#include <string_view>

#include "codec/output_queue.h"
#include "codec/stream_digest.h"
#include "codec/worker.h"

namespace rehydra::codec {

class TextPipeline {
 public:
  explicit TextPipeline(Worker& worker) : worker_(worker) {}

  void write(ByteBuffer& bytes);  // takes them, and leaves an empty buffer
  void finish();                  // waits for the worker

  std::size_t waiting() const { return made_.waiting(); }
  std::string_view output() { return made_.output(); }
  void consume(std::size_t n) { made_.consume(n); }
  Sha256 sha256() const noexcept { return sha256_; }

 private:
  static TextPipeline& self(void* target) noexcept { return *static_cast<TextPipeline*>(target); }

  Worker& worker_;
  StreamDigest digest_;  // the worker's
  OutputQueue made_;
  Sha256 sha256_{};
};

}  // namespace rehydra::codec
