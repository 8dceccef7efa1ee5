// Job: compare a data set's staged rows with the stored ones by image and write down what changes (see work.h for the
// plan's shape). Callers: the operation, a data set at a time, parents first; again for a data set whose keys were
// matched, and after a concurrent change. Promise: reads only, one pass over one join; unchanged rows are counted,
// never listed.
#pragma once

#include "importer/work.h"
#include "ledger/snapshot.h"

namespace rehydra::importer {

// A row that is not in the table under its key may still be found by another key, or not.
enum class Pass : bool { partners_may_be_found, last };

void plan_dataset(Operation& operation, Work& work, Pass pass, MemoryContext memory);

// A plan without rows. The coming values stand in one part, the stored ones in the other, where it must be split.
std::unique_ptr<PlanRows> make_plan(Work& work);

// The lead columns of plan rows.
enum PlanLead : std::size_t { plan_r, plan_sheet, plan_line, plan_action, plan_mask, plan_lead };

// Rows of the database that the file does not have, while match keys may still find them a partner (never applied).
constexpr char action_left = 'L';

}  // namespace rehydra::importer
