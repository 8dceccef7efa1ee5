// Job: run one INSERT that we start ourselves, so that the memo stands in front of its foreign key checks.
// Callers: the importer, for rows by the hundred thousand. Promise: privileges, row level security, triggers and
// snapshot are those of the same statement through SPI; what rules make into several statements goes through SPI.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/spi.h"
#include "pg/store.h"

namespace rehydra::pg {

// stores: what the statement names in FROM. tenant_setting: whose rows it writes (policy_checks.h). The number of rows
// it processed.
std::uint64_t execute_insert(const std::string& sql, const Args& args, const std::vector<const Store*>& stores,
                             const std::string& tenant_setting);

}  // namespace rehydra::pg
