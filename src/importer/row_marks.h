// Job: column "_op", in which people say by hand what is to be done with a row: insert, update, delete or skip.
// Callers: staging, for each such cell; the plan follows Work::marks.
#pragma once

#include "importer/row_batch.h"

namespace rehydra::importer {

// Marks the batch's current row; another word is an error at its cell.
void read_mark(const Cell& cell, Work& work, RowBatch& batch);

}  // namespace rehydra::importer
