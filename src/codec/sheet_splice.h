// Job: cut a sheet part of the frame where rows go.
// Callers: the workbook writer.
// Promise: head + rows + tail is a sheet part; Failure(internal) where the part has no sheet data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra::codec {

struct SheetSplice {
  std::string head;  // up to the place of the first row to come
  std::string tail;
};

// keep_dimension: false takes out the statement of the sheet's extent, where the rows to come were not announced.
SheetSplice cut_sheet(std::string_view part, bool keep_dimension);

// Lets the filter in a sheet's tail reach over its header and so many rows, one at least.
void filter_rows(std::string& tail, std::uint64_t rows);

}  // namespace rehydra::codec
