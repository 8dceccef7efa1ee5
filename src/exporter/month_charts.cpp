#include "exporter/month_charts.h"

#include <algorithm>
#include <cstdlib>

#include "exporter/chart_points.h"

namespace rehydra::exporter {

namespace {

constexpr std::size_t most_charts = 3;

// The column that says when a row's matter was, where the sheet's statement reads it.
std::optional<std::size_t> time_of(const SheetPlan& plan) {
  const int column = plan.dataset->time_column;
  if (column < 0 || plan.sheet->satellite) {
    return std::nullopt;
  }
  const std::string& name = plan.dataset->columns[static_cast<std::size_t>(column)].name;
  const auto found = std::find_if(plan.columns.begin(), plan.columns.end(), [&](const PlannedColumn& planned) {
    return !planned.display && planned.name == name;
  });
  return found == plan.columns.end() ? std::nullopt : std::optional(found - plan.columns.begin());
}

std::string title_of(const SheetPlan& plan, std::size_t column) {
  const PlannedColumn& time = plan.columns[column];
  return plan.dataset->title() + ": rows by month of " + (time.header.empty() ? time.name : time.header);
}

}  // namespace

MonthCharts::MonthCharts(const registry::Model& model, const registry::Reading& reading,
                         const std::vector<SheetPlan>& plans)
    : model_(model), reading_(reading) {
  for (const SheetPlan& plan : plans) {
    const auto column = time_of(plan);
    if (column && plan.rows != 0) {
      charts_.push_back(
          {&plan, *column, std::make_unique<RowGroups>(std::vector<std::size_t>{*column}, std::nullopt, true)});
    }
  }
}

std::vector<RowGroups*> MonthCharts::groups_of(const SheetPlan& plan) {
  for (const Chart& chart : charts_) {
    if (chart.plan == &plan) {
      return {chart.groups.get()};
    }
  }
  return {};
}

std::vector<codec::OverviewChart> MonthCharts::announced() const {
  const codec::OverviewChart any{"Rows by month", codec::ChartKind::column, {{}}};
  return {std::min(charts_.size(), most_charts), any};
}

std::vector<codec::OverviewChart> MonthCharts::drawn() const {
  std::vector<const Chart*> largest;
  for (const Chart& chart : charts_) {
    largest.push_back(&chart);
  }
  std::stable_sort(largest.begin(), largest.end(), [](const Chart* left, const Chart* right) {
    return left->plan->rows.value_or(0) > right->plan->rows.value_or(0);
  });
  std::vector<codec::OverviewChart> drawn;
  for (const Chart* chart : largest) {
    if (drawn.size() < most_charts) {
      drawn.push_back(
          {title_of(*chart->plan, chart->column), codec::ChartKind::column, month_points(months_of(*chart))});
    }
  }
  return drawn;
}

std::vector<codec::ChartPoint> MonthCharts::months_of(const Chart& chart) const {
  if (!chart.groups->complete()) {
    return read_months(chart);
  }
  std::vector<codec::ChartPoint> months;
  for (const RowGroups::Group& group : chart.groups->groups()) {
    months.push_back({chart_label(group.texts, {false}), static_cast<double>(group.rows)});
  }
  return months;
}

std::vector<codec::ChartPoint> MonthCharts::read_months(const Chart& chart) const {
  const registry::Dataset& dataset = *chart.plan->dataset;
  const registry::ActingScope acting(reading_.role);
  std::vector<codec::ChartPoint> months;
  for (const pg::TextRow& row : pg::query(
           "SELECT " + month_sql("t." + pg::quote_identifier(chart.plan->columns[chart.column].name)) +
               ", pg_catalog.count(*) FROM " + dataset.rows() + " t WHERE " + reading_.exported(model_, dataset, "t") +
               " GROUP BY 1 ORDER BY 1 DESC LIMIT " + std::to_string(most_moments_drawn),
           reading_.args())) {
    months.push_back({row[0].value_or("(none)"), std::strtod(row[1]->c_str(), nullptr)});
  }
  return months;
}

}  // namespace rehydra::exporter
