// Job: join a data set's second sheets to its main sheet, so that there is one row and one plan a table row.
#pragma once

#include <vector>

#include "importer/stage_workbook.h"

namespace rehydra::importer {

// work.staged becomes the joined rows. A key only on a satellite, a key twice on one, and a column that both sheets
// changed differently are errors with cells; a main row without a satellite row leaves the satellite's columns alone.
void join_satellites(Operation& operation, Work& work, std::vector<Satellite>& satellites);

}  // namespace rehydra::importer
