// Job: which indexes a table has.
// Callers: the choice of how a tenant's rows are found (registry/tenant_share.h).
#pragma once

#include <string>

#include "pg/guard.h"

namespace rehydra::pg {

// Rows of one value of the column can be found by an index: a valid one of all rows that begins with it.
bool begins_an_index(Oid relation, const std::string& column);

}  // namespace rehydra::pg
