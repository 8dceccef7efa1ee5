// Job: how the planner is told that a statement reads one tenant's rows among all others'.
// Callers: whatever reads a whole tenant (Reading::Scope; the importer's plan and proof).
// Why: statistics are of all tenants, and may be of a time when there were few of them. By those a tenant is a
// great part of its tables, and these are read as a whole.
#pragma once

#include "registry/tenancy.h"

namespace rehydra::registry {

// Each table that is not small has an index that leads to the rows of one tenant.
bool is_found_by_index(const Model& model);

// For a scope of reads; no code of the application's plans statements in it that it keeps.
void expect_one_tenant(pg::SettingsScope& scope, const Tenant& tenant);

}  // namespace rehydra::registry
