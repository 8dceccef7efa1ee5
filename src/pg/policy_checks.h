// Job: ask of each new row once what its table's policies ask for again and again: the check of two policies that are
// the same, and a setting's value.
// Callers: plan_statement, for statements that run once and at once. Promise: refused is what was refused, with the
// same message; a volatile check is left as it is.
#pragma once

#include "pg/pg.h"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace rehydra::pg {

// query: analyzed and rewritten, not yet planned. Only inside a guard.
void simplify_policy_checks(Query* query);

}  // namespace rehydra::pg
