// Job: draw a workbook without its rows: sheets, headers, styles, comments, the overview, properties.
// Callers: the workbook writer, before any row flows and again behind the last one. The only corner of the project that
// knows libxlsxwriter and memfd. Promise: every part is complete, and equal specifications make equal parts.
// Failure(io_error) where temporary space ran out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/row_target.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec::frame {

struct Part {
  std::string name;  // "xl/worksheets/sheet2.xml"
  std::string bytes;
};

struct Frame {
  std::vector<Part> parts;                      // "[Content_Types].xml" first
  std::vector<std::vector<CellStyles>> styles;  // sheet of the specification, column
};

Frame draw(const WorkbookSpec& spec);

// The parts once more, when all rows are counted. Sheets of the specification have the strings and styles that they had
// in the first drawing, and lack what only they show (comments, lists): they are not drawn to be used.
std::vector<Part> redraw(const WorkbookSpec& spec);

// The part that holds a sheet of the specification (the overview is the workbook's first sheet).
std::string sheet_part_name(std::size_t sheet);

// Whether row 1 of a sheet holds headers.
bool has_header(const SheetSpec& sheet);

}  // namespace rehydra::codec::frame
