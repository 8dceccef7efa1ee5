// Job: a chart's points from groups of rows: what they are called, in which order they stand, how many there are.
// Callers: charts.cpp, for groups that were counted and for groups that a statement read.
// Promise: the same points whichever way the groups came.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/overview_chart.h"

namespace rehydra::exporter {

constexpr std::size_t most_groups_drawn = 12;  // as columns and slices; the rest is one more
constexpr std::size_t most_moments_drawn = 36;

// Texts of a group in the labels' columns; padded: those that have two digits at least, so that months sort as text.
std::string chart_label(const std::vector<std::optional<std::string>>& texts, const std::vector<bool>& padded);

// The month of a date or timestamp in its canonical text: "2024-05", "0044-03 BC", "infinity".
void append_month(std::string& out, std::string_view moment);
// The same in SQL, of an expression.
std::string month_sql(const std::string& moment);

// The last months in their order; those between two that have no rows are points too where they are few.
std::vector<codec::ChartPoint> month_points(std::vector<codec::ChartPoint> months);

// The last moments in their order, or the largest groups and what is left of the total, as one more point.
std::vector<codec::ChartPoint> chart_points(std::vector<codec::ChartPoint> groups, codec::ChartKind kind, double total);

}  // namespace rehydra::exporter
