// Job: rehydra_set_policy(customer_id, settings, options).
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "entry/options.h"
#include "entry/refusal.h"
#include "entry/shell.h"
#include "importer/policy_names.h"
#include "ledger/activity.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"
#include "registry/tenancy.h"

namespace rehydra::entry {
namespace {

void keep(const std::string& model, const std::string& customer, const std::string& settings) {
  const registry::Bookkeeper bookkeeper;
  const pg::Args args = pg::Args().text(model).text(customer).text(settings);
  // Raises what is not understood, before it is kept for imports to come.
  pg::query("SELECT rehydra.effective_policy($1, NULL, $3::jsonb ->> 'profile', $3::jsonb - 'profile'), $2", args);
  pg::execute(
      "INSERT INTO rehydra.tenant_policies VALUES ($1, $2, $3::jsonb) ON CONFLICT (model, customer_id) DO UPDATE SET "
      "settings = EXCLUDED.settings",
      args);
}

std::string set(const Call& call) {
  const ledger::Stopwatch watch;
  const Options options(call.json(2), {"model"});
  const nlohmann::json settings = nlohmann::json::parse(call.json(1), nullptr, false);
  if (!settings.is_object()) {
    throw Failure(ErrorKind::bad_argument, "settings must be a JSON object", "For example {\"orphans\": \"skip\"}.");
  }
  registry::require_operator();
  const registry::Model model = registry::load(options.text("model").value_or(""), CurrentMemoryContext);
  const registry::Tenant tenant = registry::resolve_tenant(model, call.text(0));
  importer::require_known_names(model, settings.dump());
  keep(model.name, tenant.id, settings.dump());
  ledger::Activity activity;
  activity.operation_id = ledger::new_operation_id();
  activity.model = model.name;
  activity.customer_id = tenant.id;
  activity.kind = "policy";
  activity.outcome = "applied";
  nlohmann::json logged = options.json();
  logged["settings"] = settings;
  activity.options = logged.dump();
  activity.duration_ms = watch.milliseconds();
  ledger::record(activity);
  return activity.operation_id;
}

Datum set_policy(const Call& call) {
  require_writable();
  pg::Spi spi;
  const std::string id = logging_refusals("policy", call.text(0), [&] { return set(call); });
  const Datum result = uuid_datum(id);
  spi.finish();
  return result;
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_set_policy, rehydra::entry::set_policy)
