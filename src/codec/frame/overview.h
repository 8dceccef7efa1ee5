// Job: draw the first sheet: what this workbook is, and a table of its sheets with links.
// Callers: frame.cpp.
// Promise: only texts and numbers; the import never reads it.
#pragma once

#include "codec/frame/styles.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec::frame {

constexpr const char* overview_title = "Overview";

// Where the table of sheets stands: its first line, and its columns.
constexpr lxw_col_t overview_names = 0;
constexpr lxw_col_t overview_rows = 1;
constexpr lxw_col_t overview_sizes = 2;
constexpr lxw_col_t overview_notes = 3;
lxw_row_t overview_table_row(const WorkbookSpec& spec);

void draw_overview(lxw_worksheet* sheet, const WorkbookSpec& spec, Styles& styles);

}  // namespace rehydra::codec::frame
