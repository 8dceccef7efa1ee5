// Job: the rows of one sheet for a format's row writer: each format has its own copy of the loop, so that no cell costs
// a virtual call. Callers: the outputs (xlsx_output.cpp, ...). Promise: what a cell shows and what the digest counts
// come from the same value; exactly the rows counted before, if they were.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/file_writer.h"
#include "codec/row_digests.h"
#include "core/error.h"
#include "exporter/cell_form.h"
#include "exporter/display_values.h"
#include "exporter/sheet_plan.h"
#include "exporter/sheet_rows.h"
#include "pg/progress.h"
#include "registry/reading.h"

namespace rehydra::exporter {

// Cells: RowWriter, JsonRowWriter, CsvRowWriter.
template <class Cells>
class SheetRowsOf final : public SheetRows {
 public:
  SheetRowsOf(const registry::Reading& reading, const SheetPlan& plan, codec::FileWriter& writer, Cells& cells,
              const RowUses& uses);
  bool write_slice() override;
  std::uint64_t written() const noexcept override { return written_; }

 private:
  struct Column {
    CellForm cell;
    bool digested;
    const DisplayValues* values;
  };

  void write_row(std::size_t row);
  std::string_view write_cell(const Column& form, std::size_t row, std::size_t column);
  void write_looked_up(const DisplayValues& values, std::int64_t key);
  void turn_page();
  void finish();

  const SheetPlan& plan_;
  codec::FileWriter& writer_;
  Cells& cells_;
  std::optional<codec::RowDigests> digest_;
  std::vector<RowGroups*> groups_;
  registry::TenantRows rows_;
  std::vector<Column> columns_;
  std::size_t page_ = 0;
  std::uint64_t on_page_ = 0;
  std::uint64_t written_ = 0;
};

template <class Cells>
SheetRowsOf<Cells>::SheetRowsOf(const registry::Reading& reading, const SheetPlan& plan, codec::FileWriter& writer,
                                Cells& cells, const RowUses& uses)
    : plan_(plan), writer_(writer), cells_(cells), groups_(uses.groups), rows_(reading, plan.select.sql + plan.order) {
  if (uses.digest != nullptr) {
    digest_.emplace(*uses.digest, writer.worker());
  }
  std::vector<const pg::Type*> types;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const PlannedColumn& column = plan.columns[i];
    types.push_back(column.values != nullptr ? column.lookup->key : &column.type);
    columns_.push_back({cell_form(column, i < plan.cells), uses.digest != nullptr && column.digested, column.values});
  }
  rows_.print_as(std::move(types));
  writer_.begin_sheet(plan_.numbers[0]);
}

template <class Cells>
bool SheetRowsOf<Cells>::write_slice() {
  if (!rows_.next()) {
    finish();
    return false;
  }
  for (std::size_t row = rows_.first(); row < rows_.last(); ++row) {
    write_row(row);
  }
  pg::progress::rows(rows_.last() - rows_.first());
  return true;
}

template <class Cells>
void SheetRowsOf<Cells>::write_row(std::size_t row) {
  if (on_page_ == Cells::rows_per_sheet) {
    turn_page();
  }
  cells_.begin();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column column = columns_[i];
    if (rows_.is_null(row, i)) {
      if (column.cell != CellForm::none) {
        cells_.null();
      }
      if (column.digested) {
        digest_->null();
      }
      continue;
    }
    const std::string_view text = write_cell(column, row, i);
    if (column.digested) {
      digest_->value(text.data() != nullptr ? text : rows_.text(row, i));
    }
  }
  cells_.end();
  if (digest_) {
    digest_->end_row();
  }
  for (RowGroups* groups : groups_) {
    groups->add(rows_, row);
  }
  ++written_;
  ++on_page_;
}

// The value's text where the cell needed it.
template <class Cells>
std::string_view SheetRowsOf<Cells>::write_cell(const Column& form, std::size_t row, std::size_t column) {
  std::string_view text;
  switch (form.cell) {
    case CellForm::none:
      break;
    case CellForm::looked_up:
      write_looked_up(*form.values, rows_.integer(row, column));
      break;
    case CellForm::integer:
      text = rows_.text(row, column);
      cells_.integer(rows_.integer(row, column), text);
      break;
    case CellForm::decimal:
      text = rows_.text(row, column);
      cells_.decimal(text);
      break;
    case CellForm::boolean:
      cells_.boolean(DatumGetBool(rows_.value(row, column)));
      break;
    case CellForm::date:
      cells_.date(DatumGetDateADT(rows_.value(row, column)));
      break;
    case CellForm::timestamp:
      cells_.timestamp(DatumGetTimestamp(rows_.value(row, column)));
      break;
    case CellForm::base64:
      cells_.base64(rows_.bytes(row, column));
      break;
    case CellForm::text:
      text = rows_.text(row, column);
      cells_.text(text);
      break;
  }
  return text;
}

template <class Cells>
void SheetRowsOf<Cells>::write_looked_up(const DisplayValues& values, std::int64_t key) {
  const std::string* text = values.find(key);
  if (text == nullptr) {
    cells_.null();
  } else {
    cells_.text(*text);
  }
}

template <class Cells>
void SheetRowsOf<Cells>::turn_page() {
  if (page_ + 1 == plan_.numbers.size()) {
    throw Failure(ErrorKind::internal, "data set \"" + plan_.dataset->name + "\" has more rows than were counted");
  }
  writer_.end_sheet();
  writer_.begin_sheet(plan_.numbers[++page_]);
  on_page_ = 0;
}

template <class Cells>
void SheetRowsOf<Cells>::finish() {
  rows_.close();
  if (digest_) {
    digest_->end();
  }
  if (plan_.rows.value_or(written_) != written_) {
    throw Failure(ErrorKind::internal,
                  "data set \"" + plan_.dataset->name + "\" was counted with " + std::to_string(*plan_.rows) +
                      " rows, and " + std::to_string(written_) + " were read",
                  "A policy or a display column of the table may give another answer each time it is asked.");
  }
  writer_.end_sheet();
}

}  // namespace rehydra::exporter
