// Job: tell whether a stored row was changed in the database after the file was exported.
// Callers: the comparison, for rows that a merge would change, where the policy "conflicts" is not "file".
#pragma once

#include "importer/work.h"
#include "pg/cursor.h"

namespace rehydra::importer {

class Conflicts {
 public:
  Conflicts(const Operation& operation, const Work& work);
  // stored: the position of the first stored field in the cursor's rows. Of data sets that do not keep the time of
  // their last change (Dataset::changed_column) nothing is known.
  bool keeps_stored(const pg::Batch& joined, std::size_t row, std::size_t stored) const;
  bool unknown() const noexcept { return unknown_; }

 private:
  bool unknown_ = false;  // asked for, and not to be told
  int field_ = -1;        // that holds the time of the last change
  bool is_date_ = false;
  std::int64_t exported_at_ = 0;  // as the column's type stores it
};

}  // namespace rehydra::importer
