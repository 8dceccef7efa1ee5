// Job: a chart of the overview as values: what it is called, how it is drawn, its points.
// Callers: the exporter fills it, the frame draws it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rehydra::codec {

enum class ChartKind : std::uint8_t { column, line, pie };

struct ChartPoint {
  std::string label;
  double value = 0;  // finite
};

struct OverviewChart {
  std::string title;
  ChartKind kind = ChartKind::column;
  std::vector<ChartPoint> points;
};

}  // namespace rehydra::codec
