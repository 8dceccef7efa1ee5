// Job: what a table's size says about the number of its rows, without reading them.
// Callers: the exporter's survey, the choice of how a tenant's rows are found (registry/tenant_share.h), parents' keys.
#pragma once

#include <cstdint>
#include <optional>

#include "pg/guard.h"

namespace rehydra::pg {

// Of an ordinary table that nobody locks against reading; it is locked as readers do from here on. Does not wait.
std::optional<std::uint64_t> heap_pages(Oid relation);

// No snapshot taken before sees more rows of the table; the greatest number where its size does not tell.
std::uint64_t most_rows(Oid relation);

}  // namespace rehydra::pg
