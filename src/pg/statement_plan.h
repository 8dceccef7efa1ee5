// Job: make a plan of one statement's text, to be started by ourselves.
// Callers: pg::Cursor and execute_insert. Only inside a guard; everything lives in the current memory context.
#pragma once

#include <string>

#include "pg/spi.h"

extern "C" {
#include "nodes/params.h"
#include "nodes/plannodes.h"
}

namespace rehydra::pg {

// more: parameters behind them that are yet to be set.
ParamListInfo parameters_of(const Args& args, int more = 0);

// nullptr where rules made it none or several. tenant_setting: of an INSERT whose rows are the acting tenant's
// (policy_checks.h), with policy_parameters more.
PlannedStmt* plan_statement(const char* sql, const Args& args, ParamListInfo parameters, QueryEnvironment* environment,
                            const std::string* tenant_setting = nullptr);

}  // namespace rehydra::pg
