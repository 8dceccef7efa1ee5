// Job: store a snapshot: its row, then its blocks one by one, then what they came to.
// Callers: take_snapshot.
// Promise: one block in memory; written as the bookkeeping's owner, in statements of their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/snapshot.h"
#include "ledger/snapshot_block.h"
#include "pg/memory.h"

namespace rehydra::ledger {

class SnapshotWriter {
 public:
  SnapshotWriter(const std::string& model, const std::string& customer_id, const std::optional<std::string>& reason,
                 const std::string& operation_id, const std::string& selection);

  void begin_dataset(const std::string& name, const std::vector<SnapshotColumn>& columns);
  void null() { block_.null(); }
  void value(std::string_view text) { block_.value(text); }
  void end_row() {
    block_.end_row();
    if (block_.full()) {
      store_block();
    }
  }
  void end_dataset();

  TakenSnapshot finish();

 private:
  void store_block();
  std::string scope() const;

  TakenSnapshot taken_;
  std::vector<SnapshotDataset> datasets_;
  int next_chunk_ = 0;
  BlockWriter block_;
  pg::Context memory_;
};

}  // namespace rehydra::ledger
