// Job: make staged rows ready to be compared: keys that are told apart, references that lead somewhere of this tenant.
// Callers: the plan, a data set at a time, parents first. Statements run as the acting role.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

// A key twice in the file, and a blank key that no default can fill, are errors with cells.
void check_keys(Operation& operation, Work& work);

// References follow parents' rows whose keys changed (id_map), those within the data set itself too.
void follow_ids(const Operation& operation, Work& work);
// Those of data sets that come later in the order, once these are matched. True where there was anything to follow.
bool follow_later_ids(const Operation& operation, Work& work);

// Every reference must lead to a row that this tenant will have after the import, to a shared row, or to a declared
// reference table. Users who are gone become NULL with a warning where that is allowed; everything else is an error. A
// foreign tenant's row and a missing one are the same: neither is visible.
void check_references(Operation& operation, Work& work);

}  // namespace rehydra::importer
