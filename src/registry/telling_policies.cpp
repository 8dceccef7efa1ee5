// Job: try out the application's own policies before an operation relies on them (isolation existing).
// Promise: what is asked past the policies is asked as the table's owner, as PostgreSQL's own foreign key check does,
// and answers yes or no only, or names another tenant, which no message shows.
#include "core/error.h"
#include "registry/tenancy.h"

namespace rehydra::registry {

namespace {

// Sees what policies hide, as the referential checks do. Nothing of the table's own code runs in a plain comparison;
// what the planner evaluates runs as its owner, restricted.
class OwnerScope {
 public:
  explicit OwnerScope(Oid owner) noexcept
      : role_(owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS) {}

 private:
  pg::RoleScope role_;
};

Oid owner_of(const Dataset& dataset) {
  return pg::call([&] {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(dataset.relation));
    const Oid owner =
        HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner : InvalidOid;
    if (HeapTupleIsValid(tuple)) {
      ReleaseSysCache(tuple);
    }
    return owner;
  });
}

// The data set that has the tenant column on the way from this one, all of one owner's; nullptr for several owners'.
const Dataset* root_of(const Model& model, const Dataset& dataset, Oid owner) {
  const Dataset* at = &dataset;
  while (at->tenant_column < 0) {
    at =
        &model
             .datasets[static_cast<std::size_t>(at->references[static_cast<std::size_t>(at->tenant_reference)].parent)];
    if (owner_of(*at) != owner) {
      return nullptr;
    }
  }
  return at;
}

bool has_rows(const Model& model, const Dataset& dataset, const Tenant& tenant) {
  return pg::query_count("SELECT pg_catalog.count(*) FROM (SELECT FROM " + dataset.qualified() + " t WHERE " +
                             tenant_predicate(model, dataset, "t") + " LIMIT 1) AS one",
                         tenant.args()) != 0;
}

std::vector<pg::TextRow> neighbours_id(const Model& model, const Dataset& root, const Tenant& tenant, Oid owner) {
  const std::string column =
      "t." + pg::quote_identifier(root.columns[static_cast<std::size_t>(root.tenant_column)].name);
  const OwnerScope scope(owner);
  return pg::query("SELECT " + column + " FROM " + root.qualified() + " t WHERE NOT " +
                       tenant_predicate(model, root, "t") + " AND " + column + " IS NOT NULL LIMIT 1",
                   tenant.args());
}

// Somebody else who has rows in the table. A domain's checks are the application's code: only role converts.
std::optional<Tenant> neighbour(const Model& model, const Dataset& root, const Tenant& tenant, Oid owner, Oid role) {
  const auto rows = neighbours_id(model, root, tenant, owner);
  if (rows.empty()) {
    return std::nullopt;
  }
  Tenant other = tenant;
  other.id = *rows[0][0];
  const ActingScope acting(role);
  pg::call([&] { other.value = pg::input_value(model.tenant_type, const_cast<char*>(other.id.c_str())); });
  return other;
}

void try_table(const Model& model, const Dataset& dataset, const Tenant& tenant, Oid role) {
  const Oid owner = owner_of(dataset);
  const Dataset* root = root_of(model, dataset, owner);
  const auto seen = [&](const Tenant& whose) {
    pg::SettingsScope settings;
    pg::pin_search_path(settings, model.search_path);
    const ActingScope acting(role);
    const bool any = has_rows(model, dataset, whose);
    settings.end();
    return any;
  };
  const auto there = [&] {
    const OwnerScope scope(owner);
    return has_rows(model, dataset, tenant);
  };
  const char* name = pg::call([&] { return static_cast<const char*>(GetUserNameFromId(role, false)); });
  if (!seen(tenant) && root != nullptr && there()) {
    throw Failure(ErrorKind::unprotected,
                  "the policies of table " + dataset.qualified() + " hide all rows of customer " + tenant.id +
                      " from role \"" + name + "\"",
                  "They have to read the setting that rehydra.tenant_setting names (" + pg::tenant_setting_name() +
                      "), in the form of rehydra.tenant_template, and to let that role in.");
  }
  const std::optional<Tenant> other = root == nullptr ? std::nullopt : neighbour(model, *root, tenant, owner, role);
  if (other && seen(*other)) {
    throw Failure(ErrorKind::unprotected,
                  "the policies of table " + dataset.qualified() + " show role \"" + name +
                      "\" rows of other customers while it acts for customer " + tenant.id,
                  "Let the policies compare with " + pg::tenant_setting_name() +
                      ", name another acting role, or register the model with isolation worker.");
  }
}

}  // namespace

void require_telling_policies(const Model& model, const Tenant& tenant, Oid role) {
  if (model.isolation != Isolation::existing) {
    return;
  }
  pg::SettingsScope settings;
  pg::pin_search_path(settings);
  pg::set_canonical_output(settings);
  for (const Dataset& dataset : model.datasets) {
    if (!dataset.belongs_to_nobody()) {
      try_table(model, dataset, tenant, role);
    }
  }
  settings.end();
}

}  // namespace rehydra::registry
