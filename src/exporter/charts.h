// Job: the charts of an export's overview, as the registry has them.
// Callers: export_stream, for workbooks, inside of a Reading::Scope.
// Promise: only the tenant's rows, as the acting role; a chart whose columns are gone, or whose value is no number any
// more, is left off, the export goes on; one that no row has a value for says so in its only point. Where the labels
// are texts or integers, rows are counted while they are written, without a statement. A model without charts of its
// own gets those of month_charts.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/overview_chart.h"
#include "exporter/month_charts.h"
#include "exporter/row_groups.h"
#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

using Charts = std::vector<codec::OverviewChart>;

// A chart as it is registered.
struct WantedChart {
  std::string title, kind, dataset;
  std::vector<std::string> labels;
  std::string value;  // empty: rows are counted
};

class OverviewCharts {
 public:
  // Of the data sets that are exported, in the registry's order. All must outlive the object.
  OverviewCharts(const registry::Model& model, const registry::Reading& reading, const std::vector<SheetPlan>& plans);

  // What the sheet's rows are to be added to.
  std::vector<RowGroups*> groups_of(const SheetPlan& plan);

  // Before the rows: those that there will be, with points that may be others.
  Charts announced() const;
  // When all rows are written.
  Charts drawn() const;

 private:
  struct Chart {
    WantedChart wanted;
    const SheetPlan* plan;
    std::unique_ptr<RowGroups> groups;  // none: the chart was read
    codec::OverviewChart read;
  };

  codec::OverviewChart read_chart(const Chart& chart) const;
  codec::OverviewChart counted_chart(const Chart& chart) const;

  const registry::Model& model_;
  const registry::Reading& reading_;
  std::vector<Chart> charts_;
  std::optional<MonthCharts> months_;
};

}  // namespace rehydra::exporter
