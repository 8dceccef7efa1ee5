// Job: the overview's charts, and the hidden sheet that holds their points.
// Callers: frame.cpp, behind all other sheets.
// Promise: a chart without points is not drawn; the import reads neither.
#pragma once

#include "codec/frame/library.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec::frame {

void draw_charts(lxw_workbook* workbook, lxw_worksheet* overview, const WorkbookSpec& spec);

}  // namespace rehydra::codec::frame
