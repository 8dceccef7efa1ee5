// Job: ask of each new row once what its table's policies ask for again and again: the check of two policies that are
// the same, and whose rows these are.
// Callers: plan_statement, for INSERTs that run once and at once. Promise: refused is what was refused, with the same
// message; a volatile check is left as it is, and so is what checks read of other settings. A trigger that turns the
// tenant's setting while the statement runs moves no row to another tenant.
#pragma once

#include <string>

#include "pg/pg.h"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace rehydra::pg {

// query: analyzed and rewritten, not yet planned. tenant_setting: holds the acting tenant, and so a value that every
// policy can read. Only inside a guard.
void simplify_policy_checks(Query* query, const std::string& tenant_setting);

}  // namespace rehydra::pg
