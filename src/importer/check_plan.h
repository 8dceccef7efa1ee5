// Job: find what the database would refuse before anything changes: CHECK and unique rules, deletes that others'
// references block, and deletes that are too many to be meant. Callers: the operation, when every data set is planned.
// Promise: reads only; what breaks a rule becomes an error with cells.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

// What new rows need and the file does not hold.
void check_insertable(Operation& operation, const Work& work);
// What is wrong with rows.
void check_rows(Operation& operation, Work& work);
// What is wrong with deletes; when all data sets are planned.
void check_deletes(Operation& operation, Work& work);

}  // namespace rehydra::importer
