#include "exporter/cut.h"

#include "core/error.h"

namespace rehydra::exporter {

namespace {

using registry::Dataset;
using registry::Model;

// A moment as a literal of the column's type; times without a zone are in the session's.
std::string literal(const std::string& moment, const std::string& type) {
  return pg::quote_literal(pg::query_value("SELECT ($1::pg_catalog.timestamptz)::" + type + "::pg_catalog.text",
                                           pg::Args().text(moment))
                               .value_or("")) +
         "::" + type;
}

struct Bounds {
  std::string lower, upper;  // empty: none
  bool lower_in = true, upper_in = false;
};

Bounds bounds_of(const std::string& period) {
  const auto row = pg::query(
      "SELECT lower(r)::pg_catalog.text, upper(r)::pg_catalog.text, lower_inc(r), upper_inc(r), isempty(r) FROM "
      "(SELECT "
      "$1::pg_catalog.tstzrange AS r) p",
      pg::Args().text(period))[0];
  if (row[4].value_or("f") == "t") {
    throw Failure(ErrorKind::bad_argument, "the period is empty", "Give it a start before its end.");
  }
  return {row[0].value_or(""), row[1].value_or(""), row[2].value_or("f") == "t", row[3].value_or("f") == "t"};
}

std::string column_type(const Dataset& dataset, int column) {
  return dataset.columns[static_cast<std::size_t>(column)].type.name;
}

// "v >= lower AND v < upper" for a value of that type.
std::string within(const Bounds& bounds, const std::string& value, const std::string& type) {
  std::string condition;
  if (!bounds.lower.empty()) {
    condition = value + (bounds.lower_in ? " >= " : " > ") + literal(bounds.lower, type);
  }
  if (!bounds.upper.empty()) {
    condition +=
        (condition.empty() ? "" : " AND ") + value + (bounds.upper_in ? " <= " : " < ") + literal(bounds.upper, type);
  }
  return condition.empty() ? "true" : condition;
}

std::string in_period(const Dataset& dataset, const std::string& alias, const Bounds& bounds) {
  if (dataset.time_column >= 0) {
    const auto& column = dataset.columns[static_cast<std::size_t>(dataset.time_column)];
    return within(bounds, alias + "." + pg::quote_identifier(column.name), column_type(dataset, dataset.time_column));
  }
  return dataset.time_expression.empty() ? std::string()
                                         : within(bounds, "(" + dataset.time_expression + ")", "pg_catalog.date");
}

std::string changed(const Dataset& dataset, const std::string& alias, const std::string& since) {
  if (dataset.changed_column < 0) {
    return {};
  }
  const std::string column =
      alias + "." + pg::quote_identifier(dataset.columns[static_cast<std::size_t>(dataset.changed_column)].name);
  return "(" + column + " >= " + literal(since, column_type(dataset, dataset.changed_column)) + " OR " + column +
         " IS NULL)";
}

}  // namespace

Cut::Cut(const Request& request, Model& model) {
  pg::SettingsScope settings;
  pg::pin_search_path(settings, model.search_path);
  settings.set("DateStyle", "ISO, YMD");
  if (request.selection) {
    selection_ = std::make_unique<registry::Selection>(model, *request.selection, "picked");
  }
  period_ = request.period.value_or("");
  changed_since_ = request.changed_since.value_or("");
  const std::optional<Bounds> bounds = request.period ? std::optional<Bounds>(bounds_of(period_)) : std::nullopt;
  for (std::size_t i = 0; i < model.datasets.size(); ++i) {
    Dataset& dataset = model.datasets[i];
    std::string times;  // of row t
    for (const std::string& one :
         {bounds ? in_period(dataset, "t", *bounds) : std::string(),
          request.changed_since ? changed(dataset, "t", *request.changed_since) : std::string()}) {
      times += one.empty() ? "" : (times.empty() ? "" : " AND ") + one;
    }
    const bool picked = selection_ != nullptr && selection_->covers(static_cast<int>(i));
    if (times.empty() && !picked) {
      continue;
    }
    // Every statement of an export calls its row t.
    dataset.only = [this, times, picked, i, &dataset](const std::string& alias) {
      std::string condition = times;
      if (picked) {
        condition += (condition.empty() ? "" : " AND ") +
                     selection_->has(static_cast<int>(i), registry::stored_row(dataset, alias));
      }
      return condition;
    };
  }
  settings.end();
}

std::vector<int> Cut::narrowed(const std::vector<int>& scope) const {
  if (selection_ == nullptr) {
    return scope;
  }
  std::vector<int> covered;
  for (const int dataset : scope) {
    if (selection_->covers(dataset)) {
      covered.push_back(dataset);
    }
  }
  if (covered.empty()) {
    throw Failure(ErrorKind::bad_argument, "none of the named data sets holds rows of the selection",
                  "Name data sets that hold picked rows or rows below them.");
  }
  return covered;
}

void Cut::publish() const {
  if (selection_ != nullptr) {
    selection_->publish();
  }
}

void Cut::withdraw() const {
  if (selection_ != nullptr) {
    selection_->withdraw();
  }
}

void Cut::find_rows(const registry::Reading& reading) const {
  if (selection_ != nullptr) {
    const registry::ActingScope acting(reading.role);
    selection_->take_stored(reading.tenant);
    selection_->require_all_found();
  }
}

}  // namespace rehydra::exporter
