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
    const std::string text = "t." + pg::quote_identifier(chart.labels[i]) + "::pg_catalog.text";
    const bool padded = i > 0 && is_number(exported_column(dataset, chart.labels[i]));
    parts +=
        padded ? ", pg_catalog.lpad(" + text + ", GREATEST(2, pg_catalog.length(" + text + ")), '0')" : ", " + text;
  }
  return "COALESCE(NULLIF(pg_catalog.concat_ws('-'" + parts + "), ''), '(none)')";
}

std::string chart_sql(const registry::Model& model, const registry::Dataset& dataset, const Wanted& chart) {
  const std::string value = chart.value.empty()
                                ? "pg_catalog.count(*)"
                                : "pg_catalog.avg(t." + pg::quote_identifier(chart.value) + "::pg_catalog.float8)";
  const bool over_time = chart.kind == "line";
  return "SELECT " + label_sql(dataset, chart) + " AS label, " + value + " AS value FROM " + dataset.rows() +
         " t WHERE " + registry::tenant_predicate(model, dataset, "t") + " GROUP BY 1 ORDER BY " +
         (over_time ? "1 DESC" : "2 DESC NULLS LAST, 1") + " LIMIT " +
         std::to_string(over_time ? most_moments : most_groups);
}

codec::ChartKind kind_of(const Wanted& chart) {
  return chart.kind == "line"  ? codec::ChartKind::line
         : chart.kind == "pie" ? codec::ChartKind::pie
                               : codec::ChartKind::column;
}

codec::OverviewChart read_chart(const registry::Model& model, const registry::Reading& reading, const SheetPlan& plan,
                                const Wanted& wanted) {
  codec::OverviewChart chart{wanted.title, kind_of(wanted), {}};
  const registry::ActingScope acting(reading.role);
  double seen = 0;
  for (const pg::TextRow& row : pg::query(chart_sql(model, *plan.dataset, wanted), reading.tenant.args())) {
    const double value = row[1] ? std::strtod(row[1]->c_str(), nullptr) : NAN;
    if (std::isfinite(value)) {
      chart.points.push_back({*row[0], value});
      seen += value;
    }
  }
  if (wanted.kind == "line") {
    std::reverse(chart.points.begin(), chart.points.end());
  } else if (const double rest = static_cast<double>(plan.rows) - seen; wanted.value.empty() && rest > 0) {
    chart.points.push_back({"(others)", rest});
  }
  return chart;
}

}  // namespace

std::vector<codec::OverviewChart> read_charts(const registry::Model& model, const registry::Reading& reading,
                                              const std::vector<SheetPlan>& plans) {
  std::vector<codec::OverviewChart> charts;
  for (const Wanted& wanted : registered(model)) {
    const SheetPlan* plan = plan_of(plans, wanted.dataset);
    if (plan != nullptr && plan->rows > 0 && can_be_drawn(*plan->dataset, wanted)) {
      charts.push_back(read_chart(model, reading, *plan, wanted));
    }
  }
  return charts;
}

}  // namespace rehydra::exporter
