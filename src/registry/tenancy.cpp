#include "registry/tenancy.h"

#include "core/error.h"
#include "registry/bookkeeper.h"

namespace rehydra::registry {

namespace {

std::string role_name(Oid role) {
  return pg::call([&] { return GetUserNameFromId(role, false); });
}

bool is_operator() {
  return pg::call([] {
    const Oid role = get_role_oid("rehydra_operator", true);
    return superuser() || (OidIsValid(role) && has_privs_of_role(GetUserId(), role));
  });
}

bool owns_unforced_table(const Model& model, Oid role) {
  for (const Dataset& dataset : model.datasets) {
    const bool bypasses = !dataset.belongs_to_nobody() && pg::call([&] {
      return object_ownercheck_relation(dataset.relation, role) &&
             check_enable_rls(dataset.relation, role, true) == RLS_NONE_ENV;
    });
    if (bypasses) {
      return true;
    }
  }
  return false;
}

Oid choose_role(const Model& model) {
  const Oid caller = GetUserId();
  if (model.isolation == Isolation::worker) {
    return model.acting_role;
  }
  const bool bypasses = pg::call([&] { return superuser_arg(caller) || has_bypassrls_privilege(caller); });
  return bypasses || owns_unforced_table(model, caller) ? model.acting_role : caller;
}

// The canonical id of text, and its datum in memory that lives as long as the SQL function. A domain's checks are the
// application's code, so it is the acting role that converts.
Tenant canonical(const Model& model, const std::string& text) {
  Tenant tenant;
  tenant.search_path = model.search_path;
  tenant.type = model.tenant_type.oid;
  pg::SettingsScope settings;
  pg::set_canonical_output(settings);
  const ActingScope acting(choose_role(model));
  const char* id = pg::call([&] {
    tenant.value = pg::input_value(model.tenant_type, const_cast<char*>(text.c_str()));
    return static_cast<const char*>(pg::output_text(model.tenant_type, tenant.value));
  });
  tenant.id = id;
  settings.end();
  return tenant;
}

void require_row_security(const Model& model, Oid role) {
  for (const Dataset& dataset : model.datasets) {
    if (!dataset.belongs_to_nobody() &&
        pg::call([&] { return check_enable_rls(dataset.relation, role, true); }) != RLS_ENABLED) {
      throw Failure(
          ErrorKind::unprotected,
          "row level security does not guard table " + dataset.qualified() + " for role \"" + role_name(role) + "\"",
          "ALTER TABLE " + dataset.qualified() +
              " ENABLE ROW LEVEL SECURITY, and let rehydra act as a role that it binds.");
    }
  }
}

// Where no permissive policy applies, row level security shows and takes nothing, without an error.
void require_permissive_policies(const Model& model, Oid role, Purpose purpose) {
  const Bookkeeper bookkeeper;
  const auto missing = pg::query(
      "SELECT pg_catalog.format('%I.%I', d.schema_name, d.table_name), c.command"
      " FROM rehydra.datasets d, (VALUES ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) c (code, "
      "command)"
      " WHERE d.model = $1 AND d.role <> 'left_out' AND COALESCE(d.tenant_column, d.tenant_reference) IS NOT NULL"
      " AND (c.code = 'r' OR ($3 AND d.role = 'data') OR ($3 AND d.role = 'own' AND c.code = 'w'))"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = d.relation_oid AND p.polpermissive"
      "   AND p.polcmd IN ('*', c.code::\"char\") AND EXISTS (SELECT FROM pg_catalog.unnest(p.polroles) r"
      "     WHERE r = 0 OR pg_catalog.pg_has_role($2::oid, r, 'USAGE')))"
      " ORDER BY d.position, c.code LIMIT 1",
      pg::Args().text(model.name).integer(static_cast<std::int64_t>(role)).boolean(purpose == Purpose::write),
      pg::Access::read_write);  // sees tables that load() has just followed
  if (!missing.empty()) {
    throw Failure(ErrorKind::unprotected,
                  "no policy of table " + *missing[0][0] + " lets role \"" + role_name(role) + "\" " + *missing[0][1] +
                      " its rows",
                  "Create a permissive policy for that role and command, or register the table again.");
  }
}

}  // namespace

namespace {

Tenant chosen(const Model& model, const std::optional<std::string>& requested) {
  const std::string session = pg::session_tenant();
  if (!session.empty()) {
    const Tenant own = canonical(model, session);
    if (requested && canonical(model, *requested).id != own.id) {
      throw Failure(ErrorKind::denied, "this session acts for customer " + own.id + " and for no other",
                    "Leave customer_id out, or ask an operator.");
    }
    return own;
  }
  if (!is_operator()) {
    throw Failure(ErrorKind::denied, "this session acts for no customer",
                  "Set " + pg::tenant_setting_name() + " in the session, or call as a member of rehydra_operator.");
  }
  if (!requested) {
    throw Failure(ErrorKind::bad_argument, "no customer is named, and this session acts for none",
                  "Name one with customer_id, or set " + pg::tenant_setting_name() + ".");
  }
  return canonical(model, *requested);
}

}  // namespace

Tenant resolve_tenant(const Model& model, const std::optional<std::string>& requested) {
  Tenant tenant = chosen(model, requested);
  tenant.setting = pg::tenant_setting_name();
  tenant.setting_value = pg::tenant_setting_value(tenant.id);
  return tenant;
}

void require_operator() {
  if (!is_operator()) {
    throw Failure(ErrorKind::denied, "only operators may do this", "Call as a member of rehydra_operator.");
  }
}

Oid resolve_role(const Model& model, Purpose purpose) {
  const Oid role = choose_role(model);
  require_row_security(model, role);
  require_permissive_policies(model, role, purpose);
  return role;
}

TenantScope::TenantScope(const Tenant& tenant) {
  settings_.set(tenant.setting, tenant.setting_value);
  settings_.set("row_security", "on");
  settings_.set("jit", "off");
}

}  // namespace rehydra::registry
