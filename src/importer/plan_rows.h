// Job: the rows of a data set's plan (see work.h for their shape): of its own, or the staged ones where all of them are
// inserted as they stand, so that a new customer's rows are not written down twice.
// Callers: plan.cpp makes them; checks, application and proof read them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pg/store.h"

namespace rehydra::importer {

class PlanRows {
 public:
  // Rows that are yet to be appended.
  explicit PlanRows(std::unique_ptr<pg::Store> rows);
  // All of these are inserted: r, sheet, line, bad, n0.., o0... mask: the fields that they give.
  PlanRows(std::unique_ptr<pg::Store> inserted, std::size_t fields, std::string mask);

  // What FROM says, before an alias: all rows, or those of one of the store's segments.
  std::string name() const { return head_ + store_->name() + tail_; }
  std::string segment(std::size_t i) const { return head_ + store_->segment(i) + tail_; }
  std::size_t segments() const noexcept { return store_->segments(); }
  std::uint64_t rows() const noexcept { return store_->rows(); }
  bool is_split() const noexcept { return store_->is_split(); }
  // r, sheet, line, columns of the plan's own, n0.., o0...
  pg::Store& store() noexcept { return *store_; }
  const pg::Store& store() const noexcept { return *store_; }
  // The action, the mask of every row; nullptr where they have several, or there is no row.
  const std::string* only_action() const;
  const std::string* only_mask() const;
  void publish() { store_->publish(); }

 private:
  std::unique_ptr<pg::Store> store_;
  std::string head_, tail_;          // of what FROM says, around the store's own name
  std::optional<std::string> mask_;  // of all rows, where the store does not hold it
};

}  // namespace rehydra::importer
