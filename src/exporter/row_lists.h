// Job: the planned sheets as a format without sheets has them: a list of rows each.
// Callers: the outputs of json and csv.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "codec/row_list.h"
#include "exporter/sheet_plan.h"

namespace rehydra::exporter {

// name: what the file calls a data set's list. Gives the plans that title, and their number in the lists.
std::vector<codec::RowList> make_row_lists(std::vector<SheetPlan>& plans,
                                           const std::function<std::string(const std::string& dataset)>& name);

}  // namespace rehydra::exporter
