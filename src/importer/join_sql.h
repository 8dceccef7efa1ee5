// Job: the statements that say which row of the file is which of the table's.
// Callers: the comparison of a file with its table.
#pragma once

#include "importer/own_rows.h"

namespace rehydra::importer {

// Stored rows that the file lacks: to be deleted, or to be recognised by their match keys.
bool needs_absent_rows(const Work& work);

// s.r, s.sheet, s.line, s.bad, satellites' lines, c0.., here, o0..
std::string join_sql(const OwnRows& own, const Work& work);

// o0.., and the number of the staged row that each is, in its order; those that are none are last.
std::string stored_in_row_order(const OwnRows& own, const Work& work);

}  // namespace rehydra::importer
