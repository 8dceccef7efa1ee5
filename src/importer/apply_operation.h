// Job: carry out the plan of a whole operation in one subtransaction: snapshot, deletes, updates, inserts, proof,
// sequences. Promise: kept as a whole or not at all; a dry run does the same and rolls back.
#pragma once

#include <optional>
#include <string>

#include "core/cancel.h"
#include "importer/guarded.h"
#include "importer/report.h"

namespace rehydra::importer {

// reason: of the snapshot. Fills the report's snapshot and side effects. Failure(conflict) where rows moved since they
// were planned.
Outcome apply_operation(Operation& operation, bool dry_run, const std::string& reason, Report& report, Cancel cancel);

}  // namespace rehydra::importer
