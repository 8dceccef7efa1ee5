// Job: what has to be known of the rows before the frame is drawn: their number, their types, how wide they are.
// Callers: export_stream, inside a Reading::Scope.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

using RowCounts = std::map<const registry::Dataset*, std::uint64_t>;

// Fills in rows, types and widths of every sheet. counts: what is known already.
void survey(const registry::Model& model, const registry::Reading& reading, std::vector<SheetPlan>& plans,
            RowCounts counts);

// The tenant's name for people, from its own row; empty where the model has no such data set.
// Failure(not_registered) where there is one, but it has no row of this tenant.
std::string tenant_name(const registry::Model& model, const registry::Reading& reading);

}  // namespace rehydra::exporter
