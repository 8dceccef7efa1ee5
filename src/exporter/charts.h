// Job: the charts of an export's overview, as the registry has them.
// Callers: export_stream, for workbooks, inside of a Reading::Scope.
// Promise: only the tenant's rows, as the acting role; a chart whose columns are gone or no numbers is left off, the
// export goes on.
#pragma once

#include <vector>

#include "codec/overview_chart.h"
#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

// Of the data sets that are exported, in the registry's order.
std::vector<codec::OverviewChart> read_charts(const registry::Model& model, const registry::Reading& reading,
                                              const std::vector<SheetPlan>& plans);

}  // namespace rehydra::exporter
