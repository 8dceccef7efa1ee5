#include "exporter/charts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "pg/spi.h"
#include "registry/bookkeeper.h"
#include "registry/tenancy.h"

namespace rehydra::exporter {

namespace {

constexpr std::size_t most_groups = 12;  // of a count; the rest is one more
constexpr std::size_t most_moments = 36;

struct Wanted {
  std::string title, kind, dataset;
  std::vector<std::string> labels;
  std::string value;  // empty: rows are counted
};

std::vector<Wanted> registered(const registry::Model& model) {
  const registry::Bookkeeper bookkeeper;
  std::vector<Wanted> charts;
  for (const pg::TextRow& row :
       pg::query("SELECT title, kind, dataset, pg_catalog.array_to_string(label_columns, E'\\x01'), value_column"
                 " FROM rehydra.overview_charts WHERE model = $1 ORDER BY position",
                 pg::Args().text(model.name), pg::Access::read_write)) {
    charts.push_back({*row[0], *row[1], *row[2], pg::split_names(row[3]), row[4].value_or("")});
  }
  return charts;
}

const SheetPlan* plan_of(const std::vector<SheetPlan>& plans, const std::string& dataset) {
  const auto found = std::find_if(plans.begin(), plans.end(), [&](const SheetPlan& plan) {
    return plan.dataset->name == dataset && !plan.sheet->satellite;
  });
  return found == plans.end() ? nullptr : &*found;
}

const registry::Column* exported_column(const registry::Dataset& dataset, const std::string& name) {
  const int index = dataset.column_index(name);
  const registry::Column* column = index < 0 ? nullptr : &dataset.columns[static_cast<std::size_t>(index)];
  return column != nullptr && column->on_sheet && !column->secret ? column : nullptr;
}

bool is_number(const registry::Column* column) {
  return column != nullptr &&
         (column->type.column.kind == ColumnClass::integer || column->type.column.kind == ColumnClass::numeric ||
          column->type.column.kind == ColumnClass::floating);
}

bool can_be_drawn(const registry::Dataset& dataset, const Wanted& chart) {
  return std::all_of(chart.labels.begin(), chart.labels.end(),
                     [&](const std::string& name) { return exported_column(dataset, name) != nullptr; }) &&
         (chart.value.empty() || is_number(exported_column(dataset, chart.value)));
}

// Numbers behind the first part have two digits, so that months sort as text.
std::string label_sql(const registry::Dataset& dataset, const Wanted& chart) {
  std::string parts;
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    const std::string text = "g.l" + std::to_string(i);
    const bool padded = i > 0 && is_number(exported_column(dataset, chart.labels[i]));
    parts +=
        padded ? ", pg_catalog.lpad(" + text + ", GREATEST(2, pg_catalog.length(" + text + ")), '0')" : ", " + text;
  }
  return "COALESCE(NULLIF(pg_catalog.concat_ws('-'" + parts + "), ''), '(none)')";
}

// One row a combination of the labels' texts: what is made of them is made once a group.
std::string groups_sql(const registry::Model& model, const registry::Dataset& dataset, const Wanted& chart) {
  std::string labels;
  std::string places;
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    labels += "t." + pg::quote_identifier(chart.labels[i]) + "::pg_catalog.text AS l" + std::to_string(i) + ", ";
    places += (i == 0 ? "" : ", ") + std::to_string(i + 1);
  }
  const std::string value = chart.value.empty()
                                ? "pg_catalog.count(*)"
                                : "pg_catalog.avg(t." + pg::quote_identifier(chart.value) + "::pg_catalog.float8)";
  return "SELECT " + labels + value + " AS value FROM " + dataset.rows() + " t WHERE " +
         registry::exported_predicate(model, dataset, "t") + " GROUP BY " + places;
}

std::string chart_sql(const registry::Model& model, const registry::Dataset& dataset, const Wanted& chart) {
  const bool over_time = chart.kind == "line";
  return "SELECT " + label_sql(dataset, chart) + ", g.value, pg_catalog.sum(g.value) OVER () FROM (" +
         groups_sql(model, dataset, chart) + ") AS g ORDER BY " + (over_time ? "1 DESC" : "2 DESC NULLS LAST, 1") +
         " LIMIT " + std::to_string(over_time ? most_moments : most_groups);
}

codec::ChartKind kind_of(const Wanted& chart) {
  return chart.kind == "line"  ? codec::ChartKind::line
         : chart.kind == "pie" ? codec::ChartKind::pie
                               : codec::ChartKind::column;
}

// What the groups of a count make together.
double total_of(const std::vector<pg::TextRow>& groups) {
  return groups.empty() ? 0 : std::strtod(groups[0][2]->c_str(), nullptr);
}

codec::OverviewChart chart_of(const Wanted& wanted, const std::vector<pg::TextRow>& groups) {
  codec::OverviewChart chart{wanted.title, kind_of(wanted), {}};
  double seen = 0;
  for (const pg::TextRow& group : groups) {
    const double value = group[1] ? std::strtod(group[1]->c_str(), nullptr) : NAN;
    if (std::isfinite(value)) {
      chart.points.push_back({*group[0], value});
      seen += value;
    }
  }
  if (wanted.kind == "line") {
    std::reverse(chart.points.begin(), chart.points.end());
  } else if (wanted.value.empty() && total_of(groups) > seen) {
    chart.points.push_back({"(others)", total_of(groups) - seen});
  }
  return chart;
}

}  // namespace

OverviewCharts read_charts(const registry::Model& model, const registry::Reading& reading,
                           const std::vector<SheetPlan>& plans) {
  OverviewCharts made;
  for (const Wanted& wanted : registered(model)) {
    const SheetPlan* plan = plan_of(plans, wanted.dataset);
    if (plan == nullptr || !can_be_drawn(*plan->dataset, wanted)) {
      continue;
    }
    const registry::ActingScope acting(reading.role);
    const auto groups = pg::query(chart_sql(model, *plan->dataset, wanted), reading.tenant.args());
    made.charts.push_back(chart_of(wanted, groups));
    if (wanted.value.empty()) {
      made.counts[plan->dataset] = static_cast<std::uint64_t>(total_of(groups));
    }
  }
  return made;
}

}  // namespace rehydra::exporter
