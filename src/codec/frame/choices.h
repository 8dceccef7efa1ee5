// Job: drop-down lists: the values that a column takes, on a hidden sheet, and the rule that offers them.
// Callers: frame.cpp, behind the sheets with rows.
// Promise: any number of values of any length; a list that several columns share stands there once.
#pragma once

#include <vector>

#include "codec/frame/library.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec::frame {

// sheets: the drawn ones, as in spec.sheets.
void offer_choices(lxw_workbook* workbook, const std::vector<lxw_worksheet*>& sheets, const WorkbookSpec& spec,
                   Moment moment);

}  // namespace rehydra::codec::frame
