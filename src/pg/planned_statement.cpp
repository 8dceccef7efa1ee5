// Job: see the header.
#include "pg/planned_statement.h"

#include "pg/memory.h"
#include "pg/reference_memo.h"
#include "pg/settings.h"

extern "C" {
#include "executor/execdesc.h"
#include "executor/executor.h"
#include "nodes/params.h"
#include "tcop/tcopprot.h"
}

namespace rehydra::pg {

namespace {

QueryEnvironment* environment_of(const std::vector<const Store*>& stores) {
  QueryEnvironment* environment = create_queryEnv();
  for (const Store* store : stores) {
    register_ENR(environment, store->relation());
  }
  return environment;
}

ParamListInfo parameters_of(const Args& args) {
  ParamListInfo parameters = makeParamList(args.count());
  for (int i = 0; i < args.count(); ++i) {
    parameters->params[i].value = args.values()[i];
    parameters->params[i].isnull = args.nulls()[i] == 'n';
    parameters->params[i].pflags = PARAM_FLAG_CONST;
    parameters->params[i].ptype = args.types()[i];
  }
  return parameters;
}

// nullptr where rules made it none or several.
PlannedStmt* plan(const std::string& sql, const Args& args, ParamListInfo parameters, QueryEnvironment* environment) {
  List* parsed = pg_parse_query(sql.c_str());
  List* rewritten = pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, parsed), sql.c_str(), args.types(),
                                                       args.count(), environment);
  if (list_length(rewritten) != 1) {
    return nullptr;
  }
  List* planned = pg_plan_queries(rewritten, sql.c_str(), 0, parameters);
  return linitial_node(PlannedStmt, planned);
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

std::uint64_t execute_insert(const std::string& sql, const Args& args, const std::vector<const Store*>& stores) {
  if (!reference_memo_enabled()) {
    return execute(sql, args);
  }
  const Context memory(CurrentMemoryContext, "rehydra statement");
  bool planned = false;
  const std::uint64_t processed = [&] {
    const ContextScope scope(memory.get());
    return call([&]() -> std::uint64_t {
      QueryEnvironment* environment = environment_of(stores);
      ParamListInfo parameters = parameters_of(args);
      PlannedStmt* statement = plan(sql, args, parameters, environment);
      planned = statement != nullptr;
      return planned ? run(statement, sql, parameters, environment) : 0;
    });
  }();
  return planned ? processed : execute(sql, args);
}

}  // namespace rehydra::pg
