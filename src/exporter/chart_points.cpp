#include "exporter/chart_points.h"

#include <algorithm>

namespace rehydra::exporter {

namespace {

using codec::ChartPoint;

bool is_earlier(const ChartPoint& left, const ChartPoint& right) {
  return left.label < right.label;
}

bool is_larger(const ChartPoint& left, const ChartPoint& right) {
  return left.value != right.value ? left.value > right.value : left.label < right.label;
}

void keep_last(std::vector<ChartPoint>& moments) {
  std::sort(moments.begin(), moments.end(), is_earlier);
  if (moments.size() > most_moments_drawn) {
    moments.erase(moments.begin(), moments.end() - most_moments_drawn);
  }
}

void keep_largest(std::vector<ChartPoint>& groups, double total) {
  std::sort(groups.begin(), groups.end(), is_larger);
  groups.resize(std::min(groups.size(), most_groups_drawn));
  double others = total;
  for (const ChartPoint& group : groups) {
    others -= group.value;
  }
  if (others > 0) {
    groups.push_back({"(others)", others});
  }
}

}  // namespace

std::string chart_label(const std::vector<std::optional<std::string>>& texts, const std::vector<bool>& padded) {
  std::string label;
  bool is_first = true;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i]) {
      label += std::string(is_first ? "" : "-") + (padded[i] && texts[i]->size() == 1 ? "0" : "") + *texts[i];
      is_first = false;
    }
  }
  return label.empty() ? "(none)" : label;
}

std::vector<ChartPoint> chart_points(std::vector<ChartPoint> groups, codec::ChartKind kind, double total) {
  if (kind == codec::ChartKind::line) {
    keep_last(groups);
  } else {
    keep_largest(groups, total);
  }
  return groups;
}

}  // namespace rehydra::exporter
