// Job: the rows of one sheet (and its continuations): from the tenant's table into cells and digest.
// Callers: export_stream, a slice a call, inside a Reading::Scope.
// Promise: what a cell shows and what the digest counts come from the same value; exactly the rows announced.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/row_digests.h"
#include "codec/workbook_writer.h"
#include "exporter/display_values.h"
#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

class SheetRows {
 public:
  // digest: null for a satellite sheet.
  SheetRows(const registry::Reading& reading, const SheetPlan& plan, codec::WorkbookWriter& writer,
            codec::DatasetDigest* digest);

  // Writes the next slice of rows; false when the sheet is complete and closed.
  bool write_slice();

 private:
  enum class CellForm : std::uint8_t { none, integer, decimal, boolean, date, timestamp, base64, text, looked_up };
  struct Column {
    CellForm cell;
    bool digested;
    const DisplayValues* values;
  };
  static CellForm cell_form(const PlannedColumn& column, bool on_sheet);

  void write_row(std::size_t row);
  void write_cell(const Column& form, std::size_t row, std::size_t column);
  void write_looked_up(const DisplayValues& values, std::int64_t key);
  void turn_page();
  void finish();

  const SheetPlan& plan_;
  codec::WorkbookWriter& writer_;
  codec::RowWriter& cells_;
  std::optional<codec::RowDigests> digest_;
  registry::TenantRows rows_;
  std::vector<Column> columns_;
  std::size_t page_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace rehydra::exporter
