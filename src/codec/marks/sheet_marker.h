// Job: a sheet part with the styles of its marked cells, and with the place of its comments' drawing.
// Callers: codec/marks/marked_workbook.cpp.
// Promise: streams; cells and rows that are missing are put in, in order; the sheet is no longer among those selected.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "codec/marks/cell_marks.h"
#include "codec/marks/styles.h"
#include "codec/marks/xml_copy.h"

namespace rehydra::codec {

struct DrawingPlace {
  std::string new_id;         // for a sheet that has no drawing of comments; empty: none is put in
  std::string new_uri;        // of the namespace of new_id
  std::string found_id = {};  // of one that has
};

struct SheetChanges {
  CellMarks marks;
  std::set<CellPlace> cleared;  // marked before, and no longer
};

class SheetMarker {
 public:
  // All but part must outlive it; place.found_id is known at the end.
  SheetMarker(std::unique_ptr<ByteSource> part, const Limits& limits, const SheetChanges& changes, Styles& styles,
              DrawingPlace& place, std::string& out);

  // One token further; false at the end.
  bool step();

 private:
  void start();
  void end();
  void start_row();
  void start_cell();
  void put_rows_before(std::uint32_t row);
  void put_cells_before(std::uint32_t column);
  void put_drawing();
  void see_drawing();
  void note_column();
  std::uint32_t style_of_column(std::uint32_t column) const;

  std::unique_ptr<ByteSource> part_;
  XmlCopy copy_;
  const SheetChanges& changes_;
  Styles& styles_;
  DrawingPlace& place_;
  std::string prefix_;
  std::size_t data_depth_ = 0;  // of sheetData, while inside
  std::uint32_t row_ = 0, column_ = 0;
  std::uint32_t row_style_ = 0;
  bool row_has_style_ = false;
  CellMarks::const_iterator next_row_, end_row_;
  const RowMarks* marks_ = nullptr;  // of the row
  RowMarks::const_iterator next_cell_;
  struct ColumnStyle {
    std::uint32_t first, last, style;
  };
  std::vector<ColumnStyle> column_styles_;
  bool drawing_done_ = false;
};

}  // namespace rehydra::codec
