// Job: decide which tenant an operation is for and as which role its data statements run, and refuse what is not
// guarded. Callers: every operation, before it touches tenant data. Promise: the tenant comes from the session or, for
// operators without one, from the call; never from a file. No data statement runs as a role that bypasses row level
// security.
#pragma once

#include <optional>
#include <string>

#include "pg/role.h"
#include "pg/settings.h"
#include "registry/model.h"

namespace rehydra::registry {

struct Tenant {
  std::string id;  // canonical: the output of the tenant column's type
  Oid type = InvalidOid;
  Datum value = 0;
  std::string search_path;  // of the model: where its policies' functions look
  // What the policies read, and its value for this tenant: as they were when the operation began, whatever the session
  // sets between two calls of it.
  std::string setting, setting_value;

  // $1 of every data statement.
  pg::Args args() const { return pg::Args().datum(type, value); }
};

// requested: what the call names. Failure(denied) where the session acts for another tenant or may not name one.
Tenant resolve_tenant(const Model& model, const std::optional<std::string>& requested);

// Failure(denied) for who is no operator.
void require_operator();

// What an operation is about to do to each of its data sets.
enum class Purpose : bool { read, write };

// The role for data statements. Failure(unprotected) naming table and remedy where row level security does not guard it
// for that role, or no permissive policy lets that role in (it would silently see nothing).
Oid resolve_role(const Model& model, Purpose purpose);

// Isolation existing: the policies are the application's, so what they do is tried out, as role, inside a TenantScope.
// Failure(unprotected) naming table and remedy where they hide all rows of the tenant, or show another tenant's.
void require_telling_policies(const Model& model, const Tenant& tenant, Oid role);

// The acting tenant and row security for a scope; end() on success, an abort does it otherwise.
class TenantScope {
 public:
  explicit TenantScope(const Tenant& tenant);
  void end() { settings_.end(); }

 private:
  pg::SettingsScope settings_;
};

// Data statements run inside one of these.
class ActingScope {
 public:
  explicit ActingScope(Oid role) noexcept : role_(role, SECURITY_RESTRICTED_OPERATION) {}

 private:
  pg::RoleScope role_;
};

}  // namespace rehydra::registry
