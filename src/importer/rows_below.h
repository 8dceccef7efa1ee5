// Job: a chain of rows of one data set that each hang on the one before, when the first is left out: all that hang on
// it. Callers: resolve.cpp. Promise: one statement and one walk, however long the chain is; a row whose parent is
// stored too is not among them, nor one that refers to anything but its data set's key: the next pass tells of those.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "importer/policy.h"
#include "importer/work.h"

namespace rehydra::importer {

// Rows whose reference comes to that do not come.
bool leaves_out(const Operation& operation, OnMissing choice);

// Staged rows (r, in order) below these by the reference, themselves left out.
std::vector<std::int64_t> rows_below(const Operation& operation, const Work& work, const registry::Reference& reference,
                                     const std::vector<std::int64_t>& rows);

}  // namespace rehydra::importer
