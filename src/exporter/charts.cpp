#include "exporter/charts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "exporter/chart_points.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"
#include "registry/tenancy.h"

namespace rehydra::exporter {

namespace {

std::vector<WantedChart> registered(const registry::Model& model) {
  const registry::Bookkeeper bookkeeper;
  std::vector<WantedChart> charts;
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

bool can_be_drawn(const registry::Dataset& dataset, const WantedChart& chart) {
  return std::all_of(chart.labels.begin(), chart.labels.end(),
                     [&](const std::string& name) { return exported_column(dataset, name) != nullptr; }) &&
         (chart.value.empty() || is_number(exported_column(dataset, chart.value)));
}

// Numbers behind the first part have two digits, so that months sort as text.
std::string label_sql(const registry::Dataset& dataset, const WantedChart& chart) {
  std::string parts;
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    const std::string text = "g.l" + std::to_string(i);
    const bool padded = i > 0 && is_number(exported_column(dataset, chart.labels[i]));
    parts +=
        padded ? ", pg_catalog.lpad(" + text + ", GREATEST(2, pg_catalog.length(" + text + ")), '0')" : ", " + text;
  }
  return "COALESCE(NULLIF(pg_catalog.concat_ws('-'" + parts + "), ''), '(none)') COLLATE pg_catalog.\"C\"";
}

// One row a combination of the labels' texts: what is made of them is made once a group.
std::string groups_sql(const registry::Dataset& dataset, const WantedChart& chart, const std::string& which) {
  std::string labels;
  std::string places;
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    labels += "t." + pg::quote_identifier(chart.labels[i]) + "::pg_catalog.text AS l" + std::to_string(i) + ", ";
    places += (i == 0 ? "" : ", ") + std::to_string(i + 1);
  }
  const std::string value = chart.value.empty()
                                ? "pg_catalog.count(*)"
                                : "pg_catalog.avg(t." + pg::quote_identifier(chart.value) + "::pg_catalog.float8)";
  return "SELECT " + labels + value + " AS value FROM " + dataset.rows() + " t WHERE " + which + " GROUP BY " + places;
}

std::string chart_sql(const registry::Dataset& dataset, const WantedChart& chart, const std::string& which) {
  const bool over_time = chart.kind == "line";
  return "SELECT " + label_sql(dataset, chart) + ", g.value, pg_catalog.sum(g.value) OVER () FROM (" +
         groups_sql(dataset, chart, which) + ") AS g ORDER BY " + (over_time ? "1 DESC" : "2 DESC NULLS LAST, 1") +
         " LIMIT " + std::to_string(over_time ? most_moments_drawn : most_groups_drawn);
}

codec::ChartKind kind_of(const WantedChart& chart) {
  return chart.kind == "line"  ? codec::ChartKind::line
         : chart.kind == "pie" ? codec::ChartKind::pie
                               : codec::ChartKind::column;
}

codec::OverviewChart make_chart(const WantedChart& wanted, std::vector<codec::ChartPoint> groups, double total) {
  const codec::ChartKind kind = kind_of(wanted);
  std::erase_if(groups, [](const codec::ChartPoint& point) { return !std::isfinite(point.value); });
  return {wanted.title, kind, chart_points(std::move(groups), kind, wanted.value.empty() ? total : 0)};
}

// Whether the text of a row's value in the sheet's own statement is what a statement would group by.
bool is_plain(const registry::Column& column) {
  const Oid type = column.type.base;
  const bool text = type == TEXTOID || type == VARCHAROID;
  const Oid collation = column.type.collation;
  return column.type.column.kind == ColumnClass::integer ||
         (text && (!OidIsValid(collation) || pg::call([&] { return get_collation_isdeterministic(collation); })));
}

std::optional<std::size_t> place_of(const SheetPlan& plan, const std::string& name) {
  const auto column = std::find_if(plan.columns.begin(), plan.columns.end(),
                                   [&](const PlannedColumn& c) { return !c.display && c.name == name; });
  return column == plan.columns.end() ? std::nullopt : std::optional(column - plan.columns.begin());
}

// What counts the rows while the sheet's own statement reads them; none where it cannot.
std::unique_ptr<RowGroups> groups_for(const WantedChart& wanted, const SheetPlan& plan) {
  std::vector<std::size_t> labels;
  for (const std::string& label : wanted.labels) {
    const auto place = place_of(plan, label);
    if (!place || !is_plain(*exported_column(*plan.dataset, label))) {
      return nullptr;
    }
    labels.push_back(*place);
  }
  const auto value = place_of(plan, wanted.value);
  return value || wanted.value.empty() ? std::make_unique<RowGroups>(std::move(labels), value) : nullptr;
}

}  // namespace

OverviewCharts::OverviewCharts(const registry::Model& model, const registry::Reading& reading,
                               const std::vector<SheetPlan>& plans)
    : model_(model), reading_(reading) {
  std::vector<WantedChart> wanted_charts = registered(model);
  if (wanted_charts.empty()) {
    months_.emplace(model, reading, plans);
    return;
  }
  for (WantedChart& wanted : wanted_charts) {
    const SheetPlan* plan = plan_of(plans, wanted.dataset);
    if (plan == nullptr || !can_be_drawn(*plan->dataset, wanted)) {
      continue;
    }
    auto groups = groups_for(wanted, *plan);
    charts_.push_back({std::move(wanted), plan, std::move(groups), {}});
    if (!charts_.back().groups) {
      charts_.back().read = read_chart(charts_.back());
    }
  }
}

codec::OverviewChart OverviewCharts::read_chart(const Chart& chart) const {
  const registry::ActingScope acting(reading_.role);
  const registry::Dataset& dataset = *chart.plan->dataset;
  const auto rows =
      pg::query(chart_sql(dataset, chart.wanted, reading_.exported(model_, dataset, "t")), reading_.args());
  std::vector<codec::ChartPoint> points;
  for (const pg::TextRow& row : rows) {
    points.push_back({*row[0], row[1] ? std::strtod(row[1]->c_str(), nullptr) : NAN});
  }
  const double total = rows.empty() || !rows[0][2] ? 0 : std::strtod(rows[0][2]->c_str(), nullptr);
  return make_chart(chart.wanted, std::move(points), total);
}

codec::OverviewChart OverviewCharts::counted_chart(const Chart& chart) const {
  std::vector<bool> padded;
  for (const std::string& label : chart.wanted.labels) {
    padded.push_back(!padded.empty() && is_number(exported_column(*chart.plan->dataset, label)));
  }
  std::vector<codec::ChartPoint> points;
  double total = 0;
  for (const RowGroups::Group& group : chart.groups->groups()) {
    const auto rows = static_cast<double>(group.rows);
    points.push_back({chart_label(group.texts, padded), chart.wanted.value.empty() ? rows : group.average});
    total += rows;
  }
  return make_chart(chart.wanted, std::move(points), total);
}

std::vector<RowGroups*> OverviewCharts::groups_of(const SheetPlan& plan) {
  std::vector<RowGroups*> groups = months_ ? months_->groups_of(plan) : std::vector<RowGroups*>{};
  for (const Chart& chart : charts_) {
    if (chart.groups && chart.plan == &plan) {
      groups.push_back(chart.groups.get());
    }
  }
  return groups;
}

Charts OverviewCharts::announced() const {
  Charts announced = months_ ? months_->announced() : Charts{};
  for (const Chart& chart : charts_) {
    if (!chart.groups) {
      announced.push_back(chart.read);
    } else if (chart.plan->rows != 0) {
      announced.push_back({chart.wanted.title, kind_of(chart.wanted), {{}}});
    }
  }
  return announced;
}

// A chart that was announced has a point, whatever its rows are like: the file's list of parts names it.
Charts OverviewCharts::drawn() const {
  Charts drawn = months_ ? months_->drawn() : Charts{};
  for (const Chart& chart : charts_) {
    if (!chart.groups) {
      drawn.push_back(chart.read);
      continue;
    }
    drawn.push_back(chart.groups->complete() ? counted_chart(chart) : read_chart(chart));
    if (drawn.back().points.empty() && chart.plan->rows != 0) {
      drawn.back().points.push_back({"(no values)", 0});
    }
  }
  return drawn;
}

}  // namespace rehydra::exporter
