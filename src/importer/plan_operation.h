// Job: the plan of a whole operation: every data set completed, resolved, compared, matched and checked, on one
// snapshot. Promise: reads only. False where the database refused (an error says what).
#pragma once

#include "core/cancel.h"
#include "importer/pick_rows.h"
#include "importer/source.h"
#include "pg/read_snapshot.h"

namespace rehydra::importer {

struct Planning {
  bool raise_all = false;          // previews
  bool tenant_of_session = false;  // a session bound to a tenant may not put the tenant's own row back
};

// view: what the picked rows were found in; nullptr: of now.
bool plan_operation(Operation& operation, Source& source, Picks& picks, const pg::ReadSnapshot* view,
                    const Planning& planning, Cancel cancel, MemoryContext memory);

}  // namespace rehydra::importer
