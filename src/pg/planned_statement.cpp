// Job: see the header.
#include "pg/planned_statement.h"

#include "pg/memory.h"
#include "pg/policy_checks.h"
#include "pg/reference_memo.h"
#include "pg/settings.h"
#include "pg/statement_plan.h"

extern "C" {
#include "executor/execdesc.h"
#include "executor/executor.h"
}

namespace rehydra::pg {

namespace {

QueryEnvironment* environment_of(const std::vector<const Store*>& stores) {
  QueryEnvironment* environment = create_queryEnv();
  for (const Store* store : stores) {
    store->enter(environment);
  }
  return environment;
}

std::uint64_t run(PlannedStmt* statement, const std::string& sql, ParamListInfo parameters,
                  QueryEnvironment* environment) {
  CommandCounterIncrement();
  PushCopiedSnapshot(GetTransactionSnapshot());
  UpdateActiveSnapshotCommandId();
  QueryDesc* query = CreateQueryDesc(statement, sql.c_str(), GetActiveSnapshot(), InvalidSnapshot, None_Receiver,
                                     parameters, environment, 0);
  ExecutorStart(query, 0);
  install_reference_memos(query->estate);
  rehydra_executor_run(query);
  ExecutorFinish(query);
  const std::uint64_t processed = query->estate->es_processed;
  ExecutorEnd(query);
  FreeQueryDesc(query);
  PopActiveSnapshot();
  CommandCounterIncrement();
  return processed;
}

}  // namespace

std::uint64_t execute_insert(const std::string& sql, const Args& args, const std::vector<const Store*>& stores,
                             const std::string& tenant_setting) {
  if (!reference_memo_enabled()) {
    return execute(sql, args);
  }
  const Context memory(CurrentMemoryContext, "rehydra statement");
  bool planned = false;
  const std::uint64_t processed = [&] {
    const ContextScope scope(memory.get());
    return call([&]() -> std::uint64_t {
      QueryEnvironment* environment = environment_of(stores);
      ParamListInfo parameters = parameters_of(args, policy_parameters);
      PlannedStmt* statement = plan_statement(sql.c_str(), args, parameters, environment, &tenant_setting);
      planned = statement != nullptr;
      return planned ? run(statement, sql, parameters, environment) : 0;
    });
  }();
  return planned ? processed : execute(sql, args);
}

}  // namespace rehydra::pg
