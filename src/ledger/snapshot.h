// Job: a tenant's rows kept in the database as they were, secrets included, and read back.
// Callers: rehydra_snapshot, and the importer before it applies (take_snapshot) and when it restores (SnapshotReader).
// Promise: memory is flat whatever the row count; rows are written and read as the bookkeeping's owner, tenant data is
// read as the acting role. Who may read a snapshot is for the caller to decide, from its head.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "registry/model.h"
#include "registry/tenancy.h"

namespace rehydra::ledger {

struct SnapshotColumn {
  std::string name;
  std::string type;  // format_type() output
};

struct SnapshotDataset {
  std::string name;
  std::vector<SnapshotColumn> columns;
  std::uint64_t rows = 0;
  int first_chunk = 0;  // where its blocks are stored, and how many
  int chunks = 0;
};

struct TakenSnapshot {
  std::string id;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // as stored
};

// What a snapshot is of.
struct SnapshotScope {
  std::vector<int> datasets;  // into model.datasets
  // Rows alone that were picked: which, for whoever restores (registry/selection.h), and the condition that row `alias`
  // of a data set is one of them. Empty: all.
  std::string selection{};
  std::function<std::string(int, const std::string&)> picked{};
};

// Keeps the rows of these data sets (indexes into model.datasets, role data or own; kept in this order, rows in key
// order): every column but generated ones and the tenant column. All data sets are read in one snapshot that sees what
// the transaction has done so far. Call inside a TenantScope.
TakenSnapshot take_snapshot(const registry::Model& model, const SnapshotScope& kept, const registry::Tenant& tenant,
                            Oid role, const std::optional<std::string>& reason, const std::string& operation_id,
                            Cancel cancel = {});

// Adds rows that came after it was taken to those that a snapshot of a part is of: {"data set": [{"column": "value"}]}.
void extend_selection(const std::string& snapshot_id, const std::string& json);

// A snapshot read back, one stored block at a time. Use: construct; for each data set open(), then fetch() until 0.
class SnapshotReader {
 public:
  struct Head {
    std::string id;
    std::string model;
    std::string customer_id;
    std::string taken_at;  // ISO 8601 UTC
    std::optional<std::string> reason;
    std::vector<SnapshotDataset> datasets;  // = the scope, in the order they were kept
    std::string selection{};                // JSON: of which rows alone; empty: of all
  };

  // A uuid. Failure(bad_argument) where there is no such snapshot.
  explicit SnapshotReader(const std::string& snapshot_id);

  const Head& head() const noexcept { return head_; }

  // Starts (again) with the first row of head().datasets[index].
  void open(std::size_t index);
  // The rows of the next block, 0 at the data set's end. Values live until the next fetch() or open().
  // Failure(internal) where a block is damaged.
  std::size_t fetch();
  std::size_t columns() const noexcept { return head_.datasets[dataset_].columns.size(); }
  bool is_null(std::size_t row, std::size_t column) const noexcept { return at(row, column).data() == nullptr; }
  // The value's canonical text (pg::set_canonical_output); empty for NULL.
  std::string_view text(std::size_t row, std::size_t column) const noexcept { return at(row, column); }

 private:
  std::string_view at(std::size_t row, std::size_t column) const noexcept { return values_[row * columns() + column]; }

  Head head_;
  std::size_t dataset_ = 0;
  int next_chunk_ = 0;  // of the data set
  std::string block_;
  std::vector<std::string_view> values_;  // into block_
};

}  // namespace rehydra::ledger
