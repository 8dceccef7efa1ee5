// Job: find the columns of a sheet by their headers, never by position.
// Callers: staging, once a sheet.
#pragma once

#include <string>
#include <vector>

#include "core/cell.h"
#include "importer/work.h"

namespace rehydra::importer {

// A column that a sheet should have: the labels it goes by, best first, and what it is for.
struct Expected {
  std::vector<std::string> labels;
  bool display = false;   // ignored when found, not missed when absent
  bool optional = false;  // options.missing_columns = 'keep'
};

struct FoundColumns {
  // By sheet column number (index 0 unused): the expected column it holds, -1 for none.
  std::vector<int> at;
  std::uint32_t op = 0;  // the column "_op", in which people mark rows; 0 for none
  // By expected column: its sheet column number and header as the person sees it, 0 for none.
  std::vector<std::uint32_t> number;
  std::vector<std::string> header;
};

// What the column is called that says what is to be done with a row.
constexpr std::string_view op_header = "_op";

// row: the sheet's first row. Missing columns, a header twice and reserved headers become errors; unknown headers a
// warning.
FoundColumns find_columns(const std::string& title, const Row& row, const std::vector<Expected>& expected,
                          ErrorList& errors);

}  // namespace rehydra::importer
