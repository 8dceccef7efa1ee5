// Job: which rows of its data sets an export is of, where it is not of all: picked by key with those below them, of a
// period, changed since a moment.
// Callers: the export, before it plans its sheets; once its snapshot is there, find_rows().
// Promise: the rows are found in the export's own snapshot, as its role. A data set without a column that says when is
// not cut by time; rows that do not say when they were changed are always taken.
#pragma once

#include <memory>

#include "exporter/request.h"
#include "registry/reading.h"
#include "registry/selection.h"

namespace rehydra::exporter {

class Cut {
 public:
  // Sets Dataset::only where rows are left out. Failure(bad_argument) for what is not understood.
  Cut(const Request& request, registry::Model& model);

  // Those of the data sets that may hold rows. Failure(bad_argument) where none may.
  std::vector<int> narrowed(const std::vector<int>& scope) const;
  // Failure(bad_argument) naming a key that no row has.
  void find_rows(const registry::Reading& reading) const;

  // The rows that were found can be named by statements, in this Spi connection.
  void publish() const;
  void withdraw() const;

  // For the manifest: as text, empty where the export is of all rows.
  std::string selection() const { return selection_ ? selection_->found_json() : std::string(); }
  const std::string& period() const noexcept { return period_; }
  const std::string& changed_since() const noexcept { return changed_since_; }

 private:
  std::unique_ptr<registry::Selection> selection_;
  std::string period_, changed_since_;
};

}  // namespace rehydra::exporter
