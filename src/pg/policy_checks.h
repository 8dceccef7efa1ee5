// Job: ask of each new row once what its table's policies ask for again and again: the check of two policies that are
// the same, and whose rows these are.
// Callers: plan_statement, for INSERTs that run once and at once. Promise: refused is what was refused, with the same
// message; where a check is volatile all are left as they are, and so is what checks read of other settings. A trigger
// that turns the tenant's setting while the statement runs moves no row to another tenant.
#pragma once

#include <string>

#include "pg/pg.h"

extern "C" {
#include "nodes/params.h"
#include "nodes/parsenodes.h"
}

namespace rehydra::pg {

// What simplified checks read instead of settings: two parameters behind a statement's own.
constexpr int policy_parameters = 2;

// query: analyzed and rewritten, not yet planned. tenant_setting: holds the acting tenant. parameters: the statement's,
// with room for policy_parameters more. Only inside a guard.
void simplify_policy_checks(Query* query, const std::string& tenant_setting, ParamListInfo parameters);

}  // namespace rehydra::pg
