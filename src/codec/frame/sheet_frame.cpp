// Job: see the header: header row, column formats and widths, comments, filter, print settings.
// Callers: frame.cpp.
// Promise: what depends on the number of rows (filter, dimension) is right for the rows announced.
#include "codec/frame/sheet_frame.h"

#include <algorithm>

#include "codec/frame/frame.h"
#include "codec/literal.h"
#include "core/column_name.h"
#include "core/error.h"

namespace rehydra::codec::frame {
namespace {

constexpr double widest_column = 255;
constexpr double padding = 2.5;  // characters: the indent, and the filter's button in the header
constexpr double header_height = 20;
constexpr const char* ignored_comment = "For reading only: changes in this column are ignored on import.";
constexpr const char* utc_comment = "Times are in UTC.";

std::string comment_of(const SheetColumn& column) {
  std::string comment = for_people(column.comment);
  const auto add = [&comment](const char* sentence) {
    comment += comment.empty() ? "" : "\n";
    comment += sentence;
  };
  if (column.type.kind == ColumnClass::timestamptz) {
    add(utc_comment);
  }
  if (column.display_only) {
    add(ignored_comment);
  }
  return comment;
}

void draw_comment(lxw_worksheet* worksheet, lxw_col_t at, const SheetColumn& column) {
  const std::string comment = comment_of(column);
  if (comment.empty()) {
    return;
  }
  constexpr std::size_t characters_per_line = 34;
  constexpr std::size_t line_height = 16;
  lxw_comment_options options{};
  options.width = 220;
  options.height =
      static_cast<std::uint16_t>(line_height * (2 + std::min<std::size_t>(comment.size(), 600) / characters_per_line));
  check(worksheet_write_comment_opt(worksheet, 0, at, comment.c_str(), &options), "drawing a header's comment");
}

// A header is matched on import, so it must come back as it is.
void draw_header(lxw_worksheet* worksheet, lxw_col_t at, const SheetColumn& column, Styles& styles, Moment moment) {
  if (needs_literal(column.header)) {
    throw Failure(ErrorKind::bad_argument,
                  "the header \"" + for_people(column.header) + "\" cannot stand in a workbook",
                  "Give the column a header without control characters and quotes around it.");
  }
  check(worksheet_write_string(worksheet, 0, at, column.header.c_str(), styles.header(column.display_only)),
        "drawing a header");
  if (moment == Moment::before_rows) {
    draw_comment(worksheet, at, column);
  }
}

constexpr const char* good_words =
    R"({"active","approved","completed","complete","done","enabled","good","green","healthy","met","ok","on track","on-track","on_track","paid","resolved","success","successful","won"})";
constexpr const char* doubtful_words =
    R"({"amber","at risk","at-risk","at_risk","in progress","in-progress","in_progress","on hold","on_hold","paused","pending","risk","running","trial","warning","yellow"})";
constexpr const char* bad_words =
    R"({"blocked","cancelled","canceled","churned","critical","disabled","error","failed","inactive","lost","overdue","poor","red","rejected","suspended","unhealthy"})";

void color_words(lxw_worksheet* worksheet, lxw_col_t at, const char* words, lxw_format* format) {
  const std::string cell = column_name(static_cast<std::uint32_t>(at) + 1) + "2";
  std::string formula = "=ISNUMBER(MATCH(LOWER(" + cell + ")," + words + ",0))";
  lxw_conditional_format rule{};
  rule.type = LXW_CONDITIONAL_TYPE_FORMULA;
  rule.value_string = formula.data();
  rule.format = format;
  check(worksheet_conditional_format_range(worksheet, 1, at, static_cast<lxw_row_t>(rows_per_sheet), at, &rule),
        "colouring a column");
}

void color_status(lxw_worksheet* worksheet, lxw_col_t at, Styles& styles) {
  color_words(worksheet, at, good_words, styles.tone(Tone::good));
  color_words(worksheet, at, doubtful_words, styles.tone(Tone::doubtful));
  color_words(worksheet, at, bad_words, styles.tone(Tone::bad));
}

// For people who print: wide sheets on their side, headers on every page.
void set_print(lxw_worksheet* worksheet) {
  worksheet_set_landscape(worksheet);
  worksheet_fit_to_pages(worksheet, 1, 0);
  check(worksheet_repeat_rows(worksheet, 0, 0), "setting up a sheet for print");
}

void set_data_view(lxw_worksheet* worksheet, const SheetSpec& spec) {
  const auto last_row = static_cast<lxw_row_t>(std::min(spec.rows.value_or(0), rows_per_sheet));
  const auto last_column = static_cast<lxw_col_t>(spec.columns.size() - 1);
  worksheet_freeze_panes(worksheet, 1, 0);
  const auto filter_end = std::max<lxw_row_t>(last_row, 1);  // a filter over headers alone is no range
  check(worksheet_autofilter(worksheet, 0, 0, filter_end, last_column), "setting a sheet's filter");
  worksheet->dim_rowmax = last_row;  // the library would write the frame's own extent
  set_print(worksheet);
}

}  // namespace

std::vector<CellStyles> draw_sheet(lxw_worksheet* worksheet, const SheetSpec& spec, Styles& styles, Moment moment) {
  std::vector<CellStyles> numbers;
  const bool header = has_header(spec);
  for (const SheetColumn& column : spec.columns) {
    const auto at = static_cast<lxw_col_t>(numbers.size());
    const ColumnLook look = styles.column(column);
    numbers.push_back(look.numbers);
    check(worksheet_set_column(worksheet, at, at, std::clamp(column.width + padding, 1.0, widest_column), look.native),
          "setting a column");
    if (column.status) {
      color_status(worksheet, at, styles);
    }
    if (header) {
      draw_header(worksheet, at, column, styles, moment);
    }
  }
  if (header) {
    check(worksheet_set_row(worksheet, 0, header_height, nullptr), "drawing a header");
  }
  if (!spec.tab_color.empty()) {
    worksheet_set_tab_color(worksheet, color_of(spec.tab_color));
  }
  if (spec.kind == SheetKind::data) {
    set_data_view(worksheet, spec);
  } else if (spec.kind == SheetKind::hidden) {
    worksheet_hide(worksheet);
  }
  return numbers;
}

}  // namespace rehydra::codec::frame
