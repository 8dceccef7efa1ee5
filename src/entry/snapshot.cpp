// Job: rehydra_snapshot(customer_id, reason, options).
#include <nlohmann/json.hpp>

#include "entry/options.h"
#include "entry/refusal.h"
#include "entry/shell.h"
#include "ledger/activity.h"
#include "ledger/snapshot.h"
#include "pg/progress.h"
#include "pg/spi.h"

namespace rehydra::entry {
namespace {

void record(const registry::Model& model, const registry::Tenant& tenant, Oid role, const ledger::TakenSnapshot& taken,
            ledger::Activity activity) {
  activity.model = model.name;
  activity.customer_id = tenant.id;
  activity.kind = "snapshot";
  activity.outcome = "applied";
  activity.effective_role = pg::call([&] { return GetUserNameFromId(role, false); });
  activity.detail = "snapshot " + taken.id + ", " + std::to_string(taken.rows) + " rows";
  ledger::record(activity);
}

std::string take(const Call& call) {
  const ledger::Stopwatch watch;
  const Options options(call.json(2), {"model"});
  const registry::Model model = registry::load(options.text("model").value_or(""), CurrentMemoryContext);
  const registry::Tenant tenant = registry::resolve_tenant(model, call.text(0));
  const Oid role = registry::resolve_role(model, registry::Purpose::read);
  ledger::Activity activity;
  activity.operation_id = ledger::new_operation_id();
  activity.options = options.json().dump();
  pg::progress::begin("snapshot", activity.operation_id, model.name, tenant.id);
  registry::TenantScope scope(tenant);
  registry::require_telling_policies(model, tenant, role);
  pg::progress::phase(pg::Phase::snapshot);
  const ledger::TakenSnapshot taken = ledger::take_snapshot(model, {model.parents_first}, tenant, role, call.text(1),
                                                            activity.operation_id, cancel_flag());
  scope.end();
  activity.duration_ms = watch.milliseconds();
  record(model, tenant, role, taken, std::move(activity));
  return taken.id;
}

Datum snapshot(const Call& call) {
  require_writable();
  pg::Spi spi;
  const std::string id = logging_refusals("snapshot", call.text(0), [&] { return take(call); });
  const Datum result = uuid_datum(id);
  spi.finish();
  return result;
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_snapshot, rehydra::entry::snapshot)
