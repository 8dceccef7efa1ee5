// Job: carry out the plan: lock and re-check what it changes, delete children first, update and insert parents first.
// Callers: the operation, inside the apply subtransaction, as the acting role. Every statement names the tenant on its
// target. Promise: each statement changes exactly the rows that the plan lists, or Failure is thrown: conflict where
// rows moved meanwhile.
#pragma once

#include <cstdint>

#include "importer/work.h"

namespace rehydra::importer {

// Physical steps, for the comparison with the server's own counters.
struct Steps {
  std::uint64_t inserted = 0, updated = 0, deleted = 0;
};

void lock_planned_rows(const Operation& operation, const Work& work);

// Which deletes have to wait until rows that are only updated have let go of them.
enum class Turn : bool { early, late };
void delete_rows(Operation& operation, Work& work, Turn turn, Steps& steps);

void update_rows(Operation& operation, Work& work, Steps& steps);

// Rows without a key get the column's default; rows whose key another tenant holds get a new one, and what refers to
// them follows.
void insert_rows(Operation& operation, Work& work, Steps& steps);

}  // namespace rehydra::importer
