// Job: rows of snapshots on their way into blocks of about 1 MiB, which a Worker deflates.
// Callers: the snapshot writer. Use: null(), value() and end_row(); end() where full() says so or no more rows are to
// share a block; take() until there is none; finish() at the end, and take() once more. Promise: blocks come in order;
// one that is ready waits for take(), so that at most the queue's rows and one block are in memory besides.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "codec/worker.h"
#include "ledger/snapshot_block.h"

namespace rehydra::ledger {

class BlockPipeline {
 public:
  struct Block {
    std::string bytes;
    std::uint64_t rows;
  };

  void null() { append_null(rows_); }
  void value(std::string_view text) { append_value(rows_, text); }
  void end_row() {
    ++count_;
    if (rows_.size() >= slice_bytes) {
      hand_over();
    }
  }

  bool full() const noexcept { return handed_over_ >= full_bytes; }
  bool empty() const noexcept { return count_ == 0; }
  void end();
  void finish() { worker_.wait(); }
  std::optional<Block> take();

  // Inside of a Worker::Scope the blocks are made in a thread of its own.
  codec::Worker& worker() noexcept { return worker_; }

 private:
  static constexpr std::size_t full_bytes = 1U << 20;
  static constexpr std::size_t slice_bytes = 128U << 10;

  void hand_over();

  codec::ByteBuffer rows_;
  std::uint64_t count_ = 0;
  std::size_t handed_over_ = 0;  // bytes of the block that is being made
  BlockDeflater deflater_;       // the worker's
  std::mutex mutex_;
  std::deque<std::string> made_;      // under the mutex
  std::deque<std::uint64_t> counts_;  // rows of the blocks that were ended and not yet taken
  codec::Worker worker_;              // last: its thread is gone before what it works on
};

}  // namespace rehydra::ledger
