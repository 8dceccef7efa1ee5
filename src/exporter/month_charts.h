// Job: the charts of a model that has none of its own: rows by month of its largest data sets that have a time column.
// Callers: charts.cpp, inside of a Reading::Scope.
// Promise: the rows are counted while they are written. How many charts there will be is known before them, of which
// data sets only when all are written.
#pragma once

#include <vector>

#include "codec/overview_chart.h"
#include "exporter/row_groups.h"
#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

class MonthCharts {
 public:
  // All must outlive the object.
  MonthCharts(const registry::Model& model, const registry::Reading& reading, const std::vector<SheetPlan>& plans);

  std::vector<RowGroups*> groups_of(const SheetPlan& plan);
  std::vector<codec::OverviewChart> announced() const;
  std::vector<codec::OverviewChart> drawn() const;

 private:
  struct Chart {
    const SheetPlan* plan;
    std::size_t column;  // that says when, into the plan's
    std::unique_ptr<RowGroups> groups;
  };

  std::vector<codec::ChartPoint> months_of(const Chart& chart) const;
  std::vector<codec::ChartPoint> read_months(const Chart& chart) const;

  const registry::Model& model_;
  const registry::Reading& reading_;
  std::vector<Chart> charts_;
};

}  // namespace rehydra::exporter
