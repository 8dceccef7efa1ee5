// Job: every difference between the server versions we build for (13 to 18), in the newest API's shape.
// Promise: PG_VERSION_NUM is named in this file and in no other.
#pragma once

#if PG_VERSION_NUM < 130000 || PG_VERSION_NUM >= 190000
#error "rehydra builds for PostgreSQL 13 to 18"
#endif

// 16: the server's own macros (magic block, function records) make what they define visible only from there on.
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif
#define REHYDRA_EXPORT PGDLLEXPORT

// 15: a reserved prefix removes unknown settings; before, they only warn.
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

// 16: object ownership checks and role membership got new names.
#if PG_VERSION_NUM < 160000
#define object_ownercheck_relation(relid, roleid) pg_class_ownercheck(relid, roleid)
#else
#define object_ownercheck_relation(relid, roleid) object_ownercheck(RelationRelationId, relid, roleid)
#endif

// 15: the analysis with fixed parameter types got its name.
#if PG_VERSION_NUM < 150000
#define pg_analyze_and_rewrite_fixedparams(parsed, sql, types, count, environment) \
  pg_analyze_and_rewrite(parsed, sql, types, count, environment)
#endif

// 14: built-in functions are numbered by name and arguments; before, by the C function behind them.
#if PG_VERSION_NUM < 140000
#define REHYDRA_CURRENT_SETTING F_SHOW_CONFIG_BY_NAME
#define REHYDRA_CURRENT_SETTING_IF_THERE F_SHOW_CONFIG_BY_NAME_MISSING_OK
#else
#define REHYDRA_CURRENT_SETTING F_CURRENT_SETTING_TEXT
#define REHYDRA_CURRENT_SETTING_IF_THERE F_CURRENT_SETTING_TEXT_BOOL
#endif

// 16: tree walkers say what they take; before, "()", which is no arguments to C++.
#if PG_VERSION_NUM < 160000
#define rehydra_mutator(mutator) reinterpret_cast<Node* (*)()>(reinterpret_cast<void (*)()>(mutator))
#define rehydra_expression_mutator(node, mutator, context) \
  expression_tree_mutator(node, rehydra_mutator(mutator), context)
#define rehydra_query_mutator(query, mutator, context) query_tree_mutator(query, rehydra_mutator(mutator), context, 0)
#else
#define rehydra_expression_mutator(node, mutator, context) expression_tree_mutator(node, mutator, context)
#define rehydra_query_mutator(query, mutator, context) query_tree_mutator(query, mutator, context, 0)
#endif

// 14: result relations are opened as they are needed, and listed; before, plain referential checks stay in place.
#if PG_VERSION_NUM < 140000
#define rehydra_result_relations(estate) NIL
#else
#define rehydra_result_relations(estate) ((estate)->es_opened_result_relations)
#endif

// 14: a list of constants is looked up by hash where it drives no index; before, row by row from its front.
#define REHYDRA_HASHES_ARRAYS (PG_VERSION_NUM >= 140000)

// 18: no execute_once any more.
#if PG_VERSION_NUM < 180000
#define rehydra_executor_run(query) ExecutorRun(query, ForwardScanDirection, 0, true)
#define rehydra_executor_fetch(query, rows) ExecutorRun(query, ForwardScanDirection, rows, false)
#else
#define rehydra_executor_run(query) ExecutorRun(query, ForwardScanDirection, 0)
#define rehydra_executor_fetch(query, rows) ExecutorRun(query, ForwardScanDirection, rows)
#endif

// 18: scans of an index can be counted.
#if PG_VERSION_NUM < 180000
#define rehydra_index_beginscan(table, index, snapshot, keys) index_beginscan(table, index, snapshot, keys, 0)
#else
#define rehydra_index_beginscan(table, index, snapshot, keys) index_beginscan(table, index, snapshot, nullptr, keys, 0)
#endif

// 16: InitMaterializedSRF; 15.0 to 15.x: SetSingleFuncCall under its old name; before: by hand.
#if PG_VERSION_NUM < 150000
static inline void InitMaterializedSRF(FunctionCallInfo fcinfo, bits32) {
  auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  TupleDesc descriptor = nullptr;
  if (result == nullptr || !IsA(result, ReturnSetInfo) || (result->allowedModes & SFRM_Materialize) == 0 ||
      get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("set-valued function called in a context that cannot accept a set")));
  }
  MemoryContext before = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
  result->setDesc = CreateTupleDescCopy(descriptor);
  result->setResult = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
  result->returnMode = SFRM_Materialize;
  MemoryContextSwitchTo(before);
}
#endif

// 16: SET ROLE got an option of its own.
#if PG_VERSION_NUM < 160000
#define rehydra_may_set_role(member, role) is_member_of_role(member, role)
#else
#define rehydra_may_set_role(member, role) member_can_set_role(member, role)
#endif

// 16: the list of settings is made for the caller (utils/guc_tables.h).
#if PG_VERSION_NUM < 160000
#define rehydra_all_settings(count) (*(count) = GetNumConfigOptions(), get_guc_variables())
#else
#define rehydra_all_settings(count) get_guc_variables(count)
#endif

// 15: shared memory is asked for in a hook; before, while the library is loaded. Returns the hook that was there.
using RehydraRequestHook = void (*)(void);
#if PG_VERSION_NUM < 150000
static inline RehydraRequestHook rehydra_hook_memory_request(RehydraRequestHook request) {
  request();
  return nullptr;
}
#else
static inline RehydraRequestHook rehydra_hook_memory_request(RehydraRequestHook request) {
  RehydraRequestHook before = shmem_request_hook;
  shmem_request_hook = request;
  return before;
}
#endif
