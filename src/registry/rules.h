// Job: the rows by which a tenant's other rows are to be understood (scores by their rules): those that a policy of the
// model lets no file change ("fixed").
// Callers: an export, whose manifest states them, and an import that compares them with the database's.
#pragma once

#include <string>
#include <vector>

#include "registry/tenancy.h"

namespace rehydra::registry {

// The data sets that any policy of the model names so.
std::vector<std::string> rule_datasets(const Model& model);

// JSON: {"data set": [{"column": "text"}, ...]}, the same text for the same rows; empty where there are none. A data
// set of more than 1,000 rows is no set of rules, and not in it. Inside of a TenantScope with canonical output.
std::string rules_json(const Model& model, const Tenant& tenant, Oid role, const std::vector<std::string>& datasets);

}  // namespace rehydra::registry
