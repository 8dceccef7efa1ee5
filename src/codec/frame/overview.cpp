// Job: see the header.
// Callers: frame.cpp.
// Promise: see the header.
#include "codec/frame/overview.h"

#include <algorithm>

namespace rehydra::codec::frame {
namespace {

constexpr lxw_col_t name_column = overview_names;
constexpr lxw_col_t rows_column = overview_rows;
constexpr lxw_row_t facts_row = 2;
constexpr lxw_col_t size_column = overview_sizes;
constexpr lxw_col_t note_column = overview_notes;
constexpr double title_height = 28;
constexpr double header_height = 20;

void put(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, std::string_view text, lxw_format* format) {
  check(worksheet_write_string(sheet, row, column, for_people(text).c_str(), format), "drawing the overview");
}

void draw_title(lxw_worksheet* sheet, const WorkbookSpec& spec, Styles& styles) {
  check(worksheet_set_row(sheet, 0, title_height, nullptr), "drawing the overview");
  put(sheet, 0, name_column, spec.title, styles.title());
}

void draw_facts(lxw_worksheet* sheet, const WorkbookSpec& spec, Styles& styles) {
  lxw_row_t row = facts_row;
  lxw_format* label = styles.label();
  lxw_format* value = styles.value();
  for (const auto& [name, text] : spec.overview.facts) {
    put(sheet, row, name_column, name, label);
    put(sheet, row, rows_column, text, value);
    ++row;
  }
}

std::string link_to(const std::string& title) {
  std::string quoted;
  for (const char c : title) {
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  }
  return "internal:'" + quoted + "'!A1";
}

struct LineStyles {
  lxw_format* link;
  lxw_format* count;
  lxw_format* size;
  lxw_format* note;
};

void draw_line(lxw_worksheet* sheet, lxw_row_t row, const OverviewLine& line, const LineStyles& styles) {
  if (!line.sheet.empty()) {
    check(worksheet_write_url(sheet, row, name_column, link_to(line.sheet).c_str(), styles.link),
          "linking the overview");
  }
  put(sheet, row, name_column, line.label, line.sheet.empty() ? nullptr : styles.link);
  check(worksheet_write_number(sheet, row, rows_column, static_cast<double>(line.rows), styles.count),
        "drawing the overview");
  if (line.bytes) {
    check(worksheet_write_number(sheet, row, size_column, static_cast<double>(*line.bytes), styles.size),
          "drawing the overview");
  }
  if (!line.note.empty()) {
    put(sheet, row, note_column, line.note, styles.note);
  }
}

void draw_table(lxw_worksheet* sheet, const WorkbookSpec& spec, Styles& styles) {
  lxw_row_t row = overview_table_row(spec) - 1;
  check(worksheet_set_row(sheet, row, header_height, nullptr), "drawing the overview");
  put(sheet, row, name_column, "Sheet", styles.header(false));
  put(sheet, row, rows_column, "Rows", styles.count_header());
  put(sheet, row, size_column, "Size", styles.count_header());
  put(sheet, row, note_column, "Note", styles.header(false));
  const LineStyles line_styles{styles.link(), styles.count(), styles.size(), styles.note()};
  for (const OverviewLine& line : spec.overview.lines) {
    draw_line(sheet, ++row, line, line_styles);
  }
}

void set_view(lxw_worksheet* sheet) {
  worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
  worksheet_set_landscape(sheet);
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_activate(sheet);
}

}  // namespace

lxw_row_t overview_table_row(const WorkbookSpec& spec) {
  const auto facts = static_cast<lxw_row_t>(spec.overview.facts.size());
  return facts_row + (facts > 0 ? facts + 1 : 0) + 1;
}

void draw_overview(lxw_worksheet* sheet, const WorkbookSpec& spec, Styles& styles) {
  check(worksheet_set_column(sheet, name_column, name_column, 30, nullptr), "drawing the overview");
  check(worksheet_set_column(sheet, rows_column, rows_column, 14, nullptr), "drawing the overview");
  check(worksheet_set_column(sheet, size_column, size_column, 12, nullptr), "drawing the overview");
  check(worksheet_set_column(sheet, note_column, note_column, 44, nullptr), "drawing the overview");
  set_view(sheet);
  draw_title(sheet, spec, styles);
  draw_facts(sheet, spec, styles);
  draw_table(sheet, spec, styles);
}

}  // namespace rehydra::codec::frame
