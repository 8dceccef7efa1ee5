#include "pg/statement_plan.h"

#include "pg/policy_checks.h"

extern "C" {
#include "tcop/tcopprot.h"
}

namespace rehydra::pg {

ParamListInfo parameters_of(const Args& args, int more) {
  ParamListInfo parameters = makeParamList(args.count() + more);
  for (int i = args.count(); i < parameters->numParams; ++i) {
    parameters->params[i] = {0, true, 0, InvalidOid};
  }
  for (int i = 0; i < args.count(); ++i) {
    parameters->params[i].value = args.values()[i];
    parameters->params[i].isnull = args.nulls()[i] == 'n';
    parameters->params[i].pflags = PARAM_FLAG_CONST;
    parameters->params[i].ptype = args.types()[i];
  }
  return parameters;
}

PlannedStmt* plan_statement(const char* sql, const Args& args, ParamListInfo parameters, QueryEnvironment* environment,
                            const std::string* tenant_setting) {
  List* parsed = pg_parse_query(sql);
  List* rewritten =
      pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, parsed), sql, args.types(), args.count(), environment);
  if (list_length(rewritten) != 1) {
    return nullptr;
  }
  if (tenant_setting != nullptr) {
    simplify_policy_checks(linitial_node(Query, rewritten), *tenant_setting, parameters);
  }
  List* planned = pg_plan_queries(rewritten, sql, 0, parameters);
  return linitial_node(PlannedStmt, planned);
}

}  // namespace rehydra::pg
