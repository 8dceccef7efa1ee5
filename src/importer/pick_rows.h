// Job: a partial import: of the file and of the table only the rows that the call picked, and those below them; a file
// that holds picked rows alone never deletes others.
// Callers: planning, when all data sets are staged and complete, as the acting role, on the plan's snapshot.
#pragma once

#include "importer/work.h"
#include "registry/selection.h"

namespace rehydra::importer {

struct Picks {
  std::unique_ptr<registry::Selection> by_call;  // what the call names: of file and table; its stored rows are found
  std::unique_ptr<registry::Selection> by_file;  // what the export was of: of the table
  bool any() const noexcept { return by_call != nullptr || by_file != nullptr; }
};

// Again where rows of the file have got other keys.
void note_picked_rows(Operation& operation, Work& work, const Picks& picks);

// The same for a data set whose rows were recognised as the call says, once they have their stored rows' keys.
void pick_matched_rows(Operation& operation, Work& work, const Picks& picks);

// Staged rows that are not picked are forgotten, and what was wrong with them; work.pick says which stored ones are.
// Failure(bad_argument) where a key is neither in the file nor in the table.
void pick_rows(Operation& operation, Picks& picks);

}  // namespace rehydra::importer
