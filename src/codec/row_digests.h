// Job: the rows of a data set on their way into its digest, many at a time, by a Worker.
// Callers: the exporter, one a main sheet. Use: null() and value() a column, end_row() a row; end() behind the last
// row. Promise: the digest is the one that DatasetDigest makes of the same calls, once the worker has been waited for.
#pragma once

#include <cstring>
#include <string_view>

#include "codec/digest.h"
#include "codec/worker.h"

namespace rehydra::codec {

class RowDigests {
 public:
  // Both outlive the tasks.
  RowDigests(DatasetDigest& digest, Worker& worker) : digest_(digest), worker_(worker) { begin_row(); }

  void null() { rows_.advance(put_digest_null(rows_.room(1))); }
  void value(std::string_view canonical_text) {
    char* const to = rows_.room(digest_head_bytes + canonical_text.size());
    rows_.advance(put_digest_value(to, canonical_text));
  }
  void end_row() {
    const std::size_t size = rows_.size() - row_start_ - sizeof size;
    std::memcpy(rows_.data() + row_start_, &size, sizeof size);
    if (rows_.size() >= batch_bytes) {
      post(Worker::Start::now);
    }
    begin_row();
  }
  void end() {
    rows_.advance(rows_.data() + row_start_);
    post(Worker::Start::with_next);
  }

 private:
  static constexpr std::size_t batch_bytes = 128U << 10;

  // The row's size comes first, once it is known.
  void begin_row() {
    row_start_ = rows_.size();
    rows_.advance(rows_.room(sizeof(std::size_t)) + sizeof(std::size_t));
  }
  void post(Worker::Start start);

  DatasetDigest& digest_;
  Worker& worker_;
  ByteBuffer rows_;
  std::size_t row_start_ = 0;
};

}  // namespace rehydra::codec
