// Job: how a planned column's values are written.
// Callers: the loops over rows (sheet_rows_of.h).
#pragma once

#include <cstdint>

#include "exporter/sheet_plan.h"

namespace rehydra::exporter {

enum class CellForm : std::uint8_t { none, integer, decimal, boolean, date, timestamp, base64, text, looked_up };

CellForm cell_form(const PlannedColumn& column, bool on_sheet);

}  // namespace rehydra::exporter
