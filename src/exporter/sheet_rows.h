// Job: the rows of one sheet (and its continuations): from the tenant's table into cells and digest.
// Callers: export_stream, a slice a call, inside a Reading::Scope.
#pragma once

namespace rehydra::exporter {

class SheetRows {
 public:
  virtual ~SheetRows() = default;
  // Writes the next slice of rows; false when the sheet is complete and closed.
  virtual bool write_slice() = 0;
};

}  // namespace rehydra::exporter
