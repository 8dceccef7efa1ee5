// Job: change rows of the file before they are compared, where a policy of the registry says so.
// Callers: planning, when rows are picked, as the acting role with names that mean PostgreSQL's own.
// Promise: what was changed is counted and said, with the rows' keys.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

// Failure(bad_argument) where the policy names a row that the file lacks, Failure(missing_column) where the file lacks
// a column that would have to be changed.
void adjust_rows(Operation& operation);

}  // namespace rehydra::importer
