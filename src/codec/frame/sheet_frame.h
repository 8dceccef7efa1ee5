// Job: draw one sheet without its rows.
// Callers: frame.cpp.
// Promise: the styles given back are those of the cells to come, column by column.
#pragma once

#include <vector>

#include "codec/frame/styles.h"

namespace rehydra::codec::frame {

std::vector<CellStyles> draw_sheet(lxw_worksheet* worksheet, const SheetSpec& spec, Styles& styles, Moment moment);

}  // namespace rehydra::codec::frame
