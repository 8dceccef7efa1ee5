#include "codec/frame/overview_charts.h"

#include <algorithm>

#include "codec/frame/overview.h"

namespace rehydra::codec::frame {

namespace {

constexpr lxw_col_t beside_table = overview_notes + 2;
constexpr lxw_row_t first_row = 2;
constexpr lxw_row_t rows_of_chart = 15;  // at 20 pixels, with a gap
constexpr double width = 560;
constexpr double height = 280;
constexpr lxw_color_t series_color = 0x2F6DB5;
constexpr std::size_t most_bars = 40;  // more sheets than that are no picture

struct Range {
  const char* sheet;
  lxw_row_t first;
  lxw_row_t last;
  lxw_col_t labels;
  lxw_col_t values;
};

bool has_negative(const OverviewChart& chart) {
  return std::any_of(chart.points.begin(), chart.points.end(), [](const ChartPoint& point) { return point.value < 0; });
}

std::uint8_t type_of(ChartKind kind) {
  switch (kind) {
    case ChartKind::line:
      return LXW_CHART_LINE;
    case ChartKind::pie:
      return LXW_CHART_PIE;
    case ChartKind::column:
      break;
  }
  return LXW_CHART_COLUMN;
}

// One after the other down the overview's right side.
class Wall {
 public:
  Wall(lxw_workbook* workbook, lxw_worksheet* overview) : workbook_(workbook), overview_(overview) {}

  void hang(const std::string& title, std::uint8_t type, const Range& range, bool from_zero) {
    lxw_chart* chart = require(workbook_add_chart(workbook_, type));
    lxw_chart_series* series = require(chart_add_series(chart, nullptr, nullptr));
    chart_series_set_categories(series, range.sheet, range.first, range.labels, range.last, range.labels);
    chart_series_set_values(series, range.sheet, range.first, range.values, range.last, range.values);
    chart_title_set_name(chart, for_people(title).c_str());
    if (type == LXW_CHART_PIE) {
      chart_legend_set_position(chart, LXW_CHART_LEGEND_RIGHT);
    } else {
      plain(chart, series, type);
    }
    if (from_zero) {
      chart_axis_set_min(type == LXW_CHART_BAR ? chart->x_axis : chart->y_axis, 0);
    }
    lxw_chart_options options{};
    options.x_scale = width / 480;  // of the library's own size
    options.y_scale = height / 288;
    check(worksheet_insert_chart_opt(overview_, next_, beside_table, chart, &options), "drawing a chart");
    next_ += rows_of_chart;
  }

 private:
  static void plain(lxw_chart* chart, lxw_chart_series* series, std::uint8_t type) {
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    if (type == LXW_CHART_LINE) {
      lxw_chart_line line{};
      line.color = series_color;
      line.width = 2.25;
      chart_series_set_line(series, &line);
    } else {
      lxw_chart_fill fill{};
      fill.color = series_color;
      chart_series_set_fill(series, &fill);
    }
    if (type == LXW_CHART_BAR) {
      chart_axis_set_reverse(chart->y_axis);  // the first sheet on top
    }
  }

  lxw_workbook* workbook_;
  lxw_worksheet* overview_;
  lxw_row_t next_ = first_row;
};

void put_points(lxw_worksheet* sheet, lxw_row_t row, const OverviewChart& chart) {
  for (const ChartPoint& point : chart.points) {
    check(worksheet_write_string(sheet, row, 0, for_people(point.label).c_str(), nullptr), "drawing a chart");
    check(worksheet_write_number(sheet, row, 1, point.value, nullptr), "drawing a chart");
    ++row;
  }
}

}  // namespace

void draw_charts(lxw_workbook* workbook, lxw_worksheet* overview, const WorkbookSpec& spec) {
  Wall wall(workbook, overview);
  lxw_worksheet* sheet = nullptr;
  lxw_row_t row = 0;
  for (const OverviewChart& chart : spec.overview.charts) {
    if (chart.points.empty()) {
      continue;
    }
    if (sheet == nullptr) {
      sheet = require(workbook_add_worksheet(workbook, charts_sheet));
      worksheet_hide(sheet);
    }
    put_points(sheet, row, chart);
    const auto last = static_cast<lxw_row_t>(row + chart.points.size() - 1);
    wall.hang(chart.title, type_of(chart.kind), {charts_sheet, row, last, 0, 1},
              chart.kind == ChartKind::column && !has_negative(chart));
    row = last + 1;
  }
  const std::size_t lines = spec.overview.lines.size();
  if (lines > 1 && lines <= most_bars) {
    const lxw_row_t table = overview_table_row(spec);
    wall.hang("Rows by sheet", LXW_CHART_BAR,
              {overview_title, table, static_cast<lxw_row_t>(table + lines - 1), overview_names, overview_rows}, true);
  }
}

}  // namespace rehydra::codec::frame
