// Job: a chart's points from groups of rows: what they are called, in which order they stand, how many there are.
// Callers: charts.cpp, for groups that were counted and for groups that a statement read.
// Promise: the same points whichever way the groups came.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/overview_chart.h"

namespace rehydra::exporter {

constexpr std::size_t most_groups_drawn = 12;  // as columns and slices; the rest is one more
constexpr std::size_t most_moments_drawn = 36;

// Texts of a group in the labels' columns; padded: those that have two digits at least, so that months sort as text.
std::string chart_label(const std::vector<std::optional<std::string>>& texts, const std::vector<bool>& padded);

// The last moments in their order, or the largest groups and what is left of the total, as one more point.
std::vector<codec::ChartPoint> chart_points(std::vector<codec::ChartPoint> groups, codec::ChartKind kind, double total);

}  // namespace rehydra::exporter
