// Job: the rows of one sheet (and its continuations): from the tenant's table into cells and digest.
// Callers: export_stream, a slice a call, inside a Reading::Scope.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/digest.h"
#include "exporter/row_groups.h"

namespace rehydra::exporter {

// What is made of a sheet's rows beside its cells.
struct RowUses {
  codec::DatasetDigest* digest = nullptr;  // null for a satellite sheet
  std::vector<RowGroups*> groups;
};

class SheetRows {
 public:
  virtual ~SheetRows() = default;
  // Writes the next slice of rows; false when the sheet is complete and closed.
  virtual bool write_slice() = 0;
  virtual std::uint64_t written() const noexcept = 0;
};

}  // namespace rehydra::exporter
