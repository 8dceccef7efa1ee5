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
};

// Counters of this transaction by table (partitions summed under their root).
using Counters = std::map<std::string, Steps>;
Counters read_counters();

// Failure(proof_failed) where rows are not what was planned and no trigger explains it.
void prove_rows(Operation& operation, Work& work, std::vector<SideEffect>& side_effects);

// The server's counters against the plan's physical steps (by relation): what exceeds them happened in triggers and
// cascades.
void prove_counters(const Counters& before, const Counters& after, const std::map<std::string, Steps>& steps,
                    std::vector<SideEffect>& side_effects);

// The name that Counters know a data set's table by.
std::string counter_name(const registry::Dataset& dataset);

}  // namespace rehydra::importer
