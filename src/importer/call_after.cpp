#include "importer/call_after.h"

#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

// schema.function(customer text, operation uuid), quoted.
std::string function_named(const std::string& name) {
  const registry::Bookkeeper bookkeeper;
  const auto found = pg::query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, p.proname) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
      " ON n.oid = p.pronamespace WHERE p.oid = pg_catalog.to_regprocedure($1 || '(text, uuid)')",
      pg::Args().text(name));
  if (found.empty()) {
    throw Failure(ErrorKind::not_registered,
                  "function " + name + "(text, uuid), which a policy calls after an import, does not exist",
                  "Bring it back, or change the policy in rehydra.policies.");
  }
  return *found[0][0];
}

void call(Operation& operation, const std::string& name, const std::string& operation_id) {
  const std::string function = function_named(name);
  const registry::ActingScope acting(operation.role);
  for (const pg::TextRow& row :
       pg::query("SELECT said::pg_catalog.text FROM " + function + "($1, $2::pg_catalog.uuid) AS said",
                 pg::Args().text(operation.tenant.id).text(operation_id), pg::Access::read_write)) {
    if (row[0]) {
      operation.errors->warn(*row[0]);
    }
  }
}

}  // namespace

void call_after(Operation& operation, const std::string& operation_id, std::vector<SideEffect>& side_effects) {
  for (const std::string& name : operation.policy.after) {
    const Counters before = read_counters();
    call(operation, name, operation_id);
    const Counters changed = beyond_plan(before, read_counters(), {});
    for (const auto& [table, delta] : changed) {
      side_effects.push_back({table, {}, delta.inserted, delta.updated, delta.deleted, name});
    }
    const registry::ActingScope acting(operation.role);
    for (Work& work : operation.works) {
      if (changed.contains(counter_name(*work.dataset))) {
        recount_rows(operation, work);
      }
    }
  }
}

}  // namespace rehydra::importer
