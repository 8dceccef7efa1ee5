// Job: what has to be known of the rows before the frame is drawn: their types, how wide they are, and their number
// where that decides something.
// Callers: export_stream, inside a Reading::Scope.
#pragma once

#include <string>
#include <vector>

#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

// Fills in types and widths of every sheet, and the rows where a sample was all of them.
void survey(const registry::Reading& reading, std::vector<SheetPlan>& plans);

// Fills in the rows that are not known yet: of all data sets, or where they may not fit one sheet, or where the sheet's
// statement is not sure to read each row once. The others are counted while they are written.
void count_rows(const registry::Model& model, const registry::Reading& reading, std::vector<SheetPlan>& plans,
                bool all);

// The tenant's name for people, from its own row; empty where the model has no such data set.
// Failure(not_registered) where there is one, but it has no row of this tenant.
std::string tenant_name(const registry::Model& model, const registry::Reading& reading);

}  // namespace rehydra::exporter
