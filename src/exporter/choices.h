// Job: which values a column can take at all, where its type or a CHECK lists them.
// Callers: export_stream, for workbooks.
// Promise: enumerations, and CHECK constraints of the plain form column IN ('...', ...); none for all other columns.
#pragma once

#include <vector>

#include "exporter/sheet_plan.h"

namespace rehydra::exporter {

// Fills in the columns' choices; the types are known.
void find_choices(std::vector<SheetPlan>& plans);

}  // namespace rehydra::exporter
