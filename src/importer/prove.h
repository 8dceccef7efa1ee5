// Job: show that what the database now holds is what the plan said, or roll back.
// Callers: the operation, inside the apply subtransaction, when every statement has run.
// Promise: changed rows are read back and compared by image; counts before and after reconcile; what triggers changed
// is reported, never hidden.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "importer/apply.h"

namespace rehydra::importer {

struct SideEffect {
  std::string table;
  std::string column;  // empty: rows of the table as a whole
  std::uint64_t inserted = 0, updated = 0, deleted = 0;
  std::string by{};  // the function of a policy that was called after the import; empty: triggers and cascades
};

// Counters of this transaction by table (partitions summed under their root).
using Counters = std::map<std::string, Steps>;
Counters read_counters();

// What the server counted beyond the plan's physical steps happened in triggers and cascades.
Counters beyond_plan(const Counters& before, const Counters& after, const Counters& steps);

// Failure(proof_failed) where rows are not what was planned and no trigger explains it, Failure(conflict) where another
// session's rows came or went. beyond_plan: this table's.
void prove_rows(Operation& operation, Work& work, const Steps& beyond_plan, std::vector<SideEffect>& side_effects);

// The tenant's rows once more, after something else has changed them.
void recount_rows(const Operation& operation, Work& work);

// After keys were given out: every written reference leads to a row of this tenant, or to a shared one.
void prove_references(const Operation& operation, const Work& work);

// The name that Counters know a data set's table by.
std::string counter_name(const registry::Dataset& dataset);

}  // namespace rehydra::importer
