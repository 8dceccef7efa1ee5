// Job: give a row that is put back the secrets it had: files never hold them, snapshots do.
// Callers: the plan, as the acting role, for rows that are inserted into data sets with secret columns.
// Promise: the newest snapshot of this customer that holds the row decides; where none does, the secret is NULL and a
// warning names the row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importer/work.h"
#include "ledger/snapshot.h"
#include "pg/cursor.h"
#include "pg/memory.h"

namespace rehydra::importer {

class Secrets {
 public:
  Secrets(Operation& operation, Work& work, MemoryContext memory);

  // The joined rows that look_up() counts in: staged fields stand from first_staged on.
  void watch(const pg::Batch& joined, std::size_t first_staged);
  void start_batch();
  // Finds the secrets of a row of the batch; marks in mask the fields that have one.
  void look_up(std::size_t row, std::string& mask);
  Datum value(std::size_t field) const noexcept { return values_[field]; }
  bool is_null(std::size_t field) const noexcept { return nulls_[field] != 0; }

 private:
  using Texts = std::vector<std::optional<std::string>>;
  using KeptRows = std::map<std::vector<std::string>, Texts>;

  void prepare();
  std::vector<std::size_t> new_rows() const;
  void read_keys(const std::vector<std::size_t>& rows);
  void convert(const std::vector<std::size_t>& rows);
  void warn_of(const std::vector<std::string>& key);
  const Texts* find(const std::vector<std::string>& key);
  KeptRows load(const std::string& snapshot_id) const;

  Operation& operation_;
  Work& work_;
  pg::Context memory_;
  const pg::Batch* joined_ = nullptr;
  std::size_t first_staged_ = 0;
  std::vector<std::size_t> fields_;                       // of the work: the secret ones
  std::optional<std::vector<std::string>> snapshot_ids_;  // newest first, asked for when first needed
  std::vector<KeptRows> loaded_;                          // of the first snapshots
  // Of the batch, by row.
  bool prepared_ = false;
  std::vector<std::vector<std::string>> keys_;
  std::vector<const Texts*> found_;
  std::vector<Datum> converted_;  // as many a row as there are secret fields
  // Of the row looked up last, by field.
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

}  // namespace rehydra::importer
