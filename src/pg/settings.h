// Job: rehydra's settings, and server settings changed for a scope.
#pragma once

#include <string>

#include "core/limits.h"
#include "pg/guard.h"

namespace rehydra::pg {

// Called once when the library is loaded.
void define_settings() noexcept;

// The setting that the tables' policies read (rehydra.tenant_setting), and the tenant in its value in this session,
// where rehydra.tenant_template says; empty means none. Failure(denied) where the value cannot be understood.
std::string tenant_setting_name();
std::string session_tenant();
// The setting's value for a tenant. A session that acts for a tenant keeps its own, which may hold more.
std::string tenant_setting_value(const std::string& tenant);
std::string app_user();

Limits file_limits();

// Whether foreign keys of imported rows are checked once per distinct key (rehydra.reference_memo).
bool reference_memo_enabled() noexcept;

// Whether an export is refused while a table or column is unclassified (rehydra.strict_coverage).
bool strict_coverage() noexcept;

// How many jobs run at a time, in all and for one customer (rehydra.max_jobs, rehydra.max_jobs_per_tenant).
int max_jobs() noexcept;
int max_jobs_per_tenant() noexcept;

// The fault point that tests have armed (rehydra.fault_point), empty in production.
const char* armed_fault_point() noexcept;

// A nest level of settings: what set() changed is undone by end(), or by the abort of the (sub)transaction it was made
// in.
class SettingsScope {
 public:
  SettingsScope() : level_(call([] { return NewGUCNestLevel(); })) {}
  SettingsScope(const SettingsScope&) = delete;
  SettingsScope& operator=(const SettingsScope&) = delete;

  // As a superuser would set it.
  void set(const std::string& name, const std::string& value);
  void end() {
    call([this] { AtEOXact_GUC(true, level_); });
  }

 private:
  int level_;
};

// Names in our own statements mean PostgreSQL's own for a scope, whatever the caller's search_path would make of them.
// trusted: schemas that a DBA has named, quoted and separated by commas, for policies whose functions look there.
void pin_search_path(SettingsScope& scope, const std::string& trusted = {});
std::string search_path();

// For reading all of a tenant's rows. They lie closer together than the planner believes, which halves the correlation
// of an index of tenant and key, and would rather read the other tenants' rows too; policies collect their parents at
// once (rehydra.whole_condition). And every row is going to be fetched: a plan that is quick with the first ones is not
// wanted.
void read_whole_tenant(SettingsScope& scope);

// What makes a value's text the same in every session: ISO dates, UTC, shortest floats, hex bytea.
void set_canonical_output(SettingsScope& scope);
// What makes such a text the same value in every session. Dates are left to the session: people write their own.
void set_canonical_input(SettingsScope& scope);

}  // namespace rehydra::pg
