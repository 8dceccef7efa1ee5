// Job: a zip writer whose work, and the SHA-256 of the file, a Worker does.
// Callers: the writers of workbooks and csv bundles. Use: like a ZipWriter; sha256() once everything was taken to be
// made: after finish(). Promise: byte for byte what a ZipWriter makes of the same calls; output() may lag behind them
// until finish() returns.
#pragma once

#include <string>
#include <string_view>

#include "codec/output_queue.h"
#include "codec/stream_digest.h"
#include "codec/worker.h"
#include "codec/zip_writer.h"

namespace rehydra::codec {

class ZipPipeline {
 public:
  explicit ZipPipeline(Worker& worker) : worker_(worker) {}

  void begin(std::string_view name);
  void begin_rows(std::string_view name);
  void write(std::string_view bytes);
  void write(ByteBuffer& bytes);  // takes them without a copy, and leaves an empty buffer
  void end();
  void finish();  // waits for the worker

  std::size_t waiting() const { return made_.waiting(); }
  std::string_view output() { return made_.output(); }  // until the next call
  void consume(std::size_t n) { made_.consume(n); }
  Sha256 sha256() const noexcept { return sha256_; }

 private:
  static ZipPipeline& self(void* target) noexcept { return *static_cast<ZipPipeline*>(target); }
  void post(ByteBuffer bytes);
  void hand_over();

  Worker& worker_;
  ZipWriter zip_;        // the worker's
  StreamDigest digest_;  // the worker's
  OutputQueue made_;
  Sha256 sha256_{};
};

}  // namespace rehydra::codec
