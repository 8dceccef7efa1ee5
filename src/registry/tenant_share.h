// Job: whether a tenant has so small a share of its tables that its rows are best found by indexes, whatever the
// planner's statistics say. Callers: whatever reads all rows of a tenant (Reading; the importer's plan and proof),
// inside of the tenant's scope. Why: statistics are of all tenants, and may be of a time when there were few of them.
// By those a tenant is a great part of its tables, and these are read from end to end.
#pragma once

#include <vector>

#include "registry/parent_keys.h"

namespace rehydra::registry {

// Looks at as many of the tenant's rows as half the pages that a reading from end to end would touch; keys that it
// reads for that are added to parents. False where a large table has no index for it, where none is large, where the
// size of one cannot be told (partitioned ones, locked ones), for a part of the rows, and for policies that we do not
// know.
bool has_small_share(const ParentKeys::Reader& reader, ParentKeys& parents, const Model& model,
                     const std::vector<int>& datasets);

}  // namespace rehydra::registry
