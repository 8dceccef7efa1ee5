// Job: free the unique values of rows that exchange them in a cycle, by updating some of the rows to values that nobody
// has. Promise: only columns that the row's own update writes afterwards are touched; where no value is valid for the
// column's type, length and checks, Failure(duplicate_key) names the cell.
#pragma once

#include <cstddef>
#include <vector>

#include "importer/apply.h"

namespace rehydra::importer {

// fields: of one unique rule. parked(r): the rows that have to give its values up.
void park_rows(const Operation& operation, Work& work, const std::vector<std::size_t>& fields, const pg::Store& parked,
               Steps& steps);

}  // namespace rehydra::importer
