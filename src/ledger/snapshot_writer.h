// Job: store a snapshot: its row, then its blocks one by one, then what they came to.
// Callers: take_snapshot.
// Promise: blocks leave memory as soon as they are made; written as the bookkeeping's owner, in statements of their
// own.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/block_pipeline.h"
#include "ledger/snapshot.h"
#include "pg/memory.h"

namespace rehydra::ledger {

class SnapshotWriter {
 public:
  SnapshotWriter(const std::string& model, const std::string& customer_id, const std::optional<std::string>& reason,
                 const std::string& operation_id, const std::string& selection);

  void begin_dataset(const std::string& name, const std::vector<SnapshotColumn>& columns);
  void null() { blocks_.null(); }
  void value(std::string_view text) { blocks_.value(text); }
  void end_row() {
    blocks_.end_row();
    if (blocks_.full()) {
      end_block();
    }
  }
  void end_dataset();

  // Inside of a Worker::Scope the blocks are made in a thread of its own.
  codec::Worker& worker() noexcept { return blocks_.worker(); }

  TakenSnapshot finish();

 private:
  void end_block();
  void store_blocks();
  void store(const BlockPipeline::Block& block);
  std::string scope() const;

  TakenSnapshot taken_;
  std::vector<SnapshotDataset> datasets_;
  int next_chunk_ = 0;                      // of the blocks that were ended
  std::deque<std::size_t> block_datasets_;  // of those that are not yet stored
  int next_stored_ = 0;
  BlockPipeline blocks_;
  pg::Context memory_;
};

}  // namespace rehydra::ledger
