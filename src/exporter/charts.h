// Job: the charts of an export's overview, as the registry has them.
// Callers: export_stream, for workbooks, inside of a Reading::Scope.
// Promise: only the tenant's rows, as the acting role; a chart whose columns are gone or no numbers is left off, the
// export goes on.
#pragma once

#include <vector>

#include "codec/overview_chart.h"
#include "exporter/survey.h"
#include "registry/reading.h"

namespace rehydra::exporter {

struct OverviewCharts {
  std::vector<codec::OverviewChart> charts;
  RowCounts counts;  // of data sets whose rows a chart counts, so that they need not be counted again
};

// Of the data sets that are exported, in the registry's order.
OverviewCharts read_charts(const registry::Model& model, const registry::Reading& reading,
                           const std::vector<SheetPlan>& plans);

}  // namespace rehydra::exporter
