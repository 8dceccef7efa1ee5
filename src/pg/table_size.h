// Job: what a table's size says about the number of its rows, without reading them.
// Callers: the exporter's survey.
#pragma once

#include <cstdint>

#include "pg/guard.h"

namespace rehydra::pg {

// No snapshot taken before sees more rows of the table; the greatest number where its size does not tell.
std::uint64_t most_rows(Oid relation);

}  // namespace rehydra::pg
