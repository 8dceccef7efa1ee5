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

// Of a label "2024-05", counted from year 0; none for others.
std::optional<int> month_number(const std::string& label) {
  const bool plain = label.size() == 7 && label[4] == '-' &&
                     std::all_of(label.begin(), label.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  return plain ? std::optional(std::stoi(label.substr(0, 4)) * 12 + std::stoi(label.substr(5)) - 1) : std::nullopt;
}

std::string month_label(int number) {
  const std::string year = std::to_string(number / 12);
  const std::string month = std::to_string(number % 12 + 1);
  return std::string(4 - year.size(), '0') + year + "-" + std::string(2 - month.size(), '0') + month;
}

// Months without rows in front of one, back to the month before that has some; none where they are not all to be drawn.
void add_empty_months(std::vector<ChartPoint>& newest_first, const std::optional<int>& before) {
  const std::optional<int> after = month_number(newest_first.back().label);
  if (!before || !after || newest_first.size() + static_cast<std::size_t>(*after - *before) > most_moments_drawn) {
    return;
  }
  for (int month = *after - 1; month > *before; --month) {
    newest_first.push_back({month_label(month), 0});
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

void append_month(std::string& out, std::string_view moment) {
  const std::size_t year = moment.find('-', 1);
  if (year == std::string_view::npos) {
    out += moment;
    return;
  }
  out += moment.substr(0, moment.find('-', year + 1));
  out += moment.ends_with(" BC") ? " BC" : "";
}

std::string month_sql(const std::string& moment) {
  const std::string text = "(" + moment + ")::pg_catalog.text";
  return "CASE WHEN pg_catalog.isfinite(" + moment + ") THEN pg_catalog.split_part(" + text + ", '-', 1) || '-' || " +
         "pg_catalog.split_part(" + text + ", '-', 2) || CASE WHEN " + text +
         " LIKE '% BC' THEN ' BC' ELSE '' END ELSE " + text + " END COLLATE pg_catalog.\"C\"";
}

std::vector<ChartPoint> month_points(std::vector<ChartPoint> months) {
  keep_last(months);
  std::vector<ChartPoint> newest_first;
  for (auto month = months.rbegin(); month != months.rend() && newest_first.size() < most_moments_drawn; ++month) {
    newest_first.push_back(*month);
    add_empty_months(newest_first, month + 1 == months.rend() ? std::nullopt : month_number((month + 1)->label));
  }
  return {newest_first.rbegin(), newest_first.rend()};
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
