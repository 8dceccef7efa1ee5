#include "exporter/sheet_rows.h"

#include "core/error.h"

namespace rehydra::exporter {

SheetRows::CellForm SheetRows::cell_form(const PlannedColumn& column, bool on_sheet) {
  if (!on_sheet) {
    return CellForm::none;
  }
  if (column.values != nullptr) {
    return CellForm::looked_up;
  }
  switch (column.type.column.kind) {
    case ColumnClass::integer:
      return CellForm::integer;
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return CellForm::decimal;
    case ColumnClass::boolean:
      return CellForm::boolean;
    case ColumnClass::date:
      return CellForm::date;
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return CellForm::timestamp;
    case ColumnClass::bytea:
      return CellForm::base64;
    case ColumnClass::text:
    case ColumnClass::other:
      return CellForm::text;
  }
  return CellForm::text;
}

SheetRows::SheetRows(const registry::Reading& reading, const SheetPlan& plan, codec::WorkbookWriter& writer,
                     codec::DatasetDigest* digest)
    : plan_(plan), writer_(writer), cells_(writer.row()), rows_(reading, plan.select + plan.order) {
  if (digest != nullptr) {
    digest_.emplace(*digest, writer.worker());
  }
  std::vector<const pg::Type*> types;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const PlannedColumn& column = plan.columns[i];
    types.push_back(column.values != nullptr ? column.lookup->key : &column.type);
    columns_.push_back({cell_form(column, i < plan.cells), digest != nullptr && column.digested, column.values});
  }
  rows_.print_as(std::move(types));
  writer_.begin_sheet(plan_.numbers[0]);
}

bool SheetRows::write_slice() {
  if (!rows_.next()) {
    finish();
    return false;
  }
  for (std::size_t row = rows_.first(); row < rows_.last(); ++row) {
    write_row(row);
  }
  return true;
}

void SheetRows::write_row(std::size_t row) {
  if (written_ == (page_ + 1) * codec::rows_per_sheet) {
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
    write_cell(column, row, i);
    if (column.digested) {
      digest_->value(rows_.text(row, i));
    }
  }
  cells_.end();
  if (digest_) {
    digest_->end_row();
  }
  ++written_;
}

void SheetRows::write_cell(const Column& form, std::size_t row, std::size_t column) {
  switch (form.cell) {
    case CellForm::none:
      break;
    case CellForm::looked_up:
      write_looked_up(*form.values, rows_.integer(row, column));
      break;
    case CellForm::integer:
      cells_.integer(rows_.integer(row, column));
      break;
    case CellForm::decimal:
      cells_.decimal(rows_.text(row, column));
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
      cells_.text(rows_.text(row, column));
      break;
  }
}

void SheetRows::write_looked_up(const DisplayValues& values, std::int64_t key) {
  const std::string* text = values.find(key);
  if (text == nullptr) {
    cells_.null();
  } else {
    cells_.text(*text);
  }
}

void SheetRows::turn_page() {
  if (page_ + 1 == plan_.numbers.size()) {
    throw Failure(ErrorKind::internal, "data set \"" + plan_.dataset->name + "\" has more rows than were counted");
  }
  writer_.end_sheet();
  writer_.begin_sheet(plan_.numbers[++page_]);
}

void SheetRows::finish() {
  rows_.close();
  if (digest_) {
    digest_->end();
  }
  if (written_ != plan_.rows) {
    throw Failure(ErrorKind::internal,
                  "data set \"" + plan_.dataset->name + "\" was counted with " + std::to_string(plan_.rows) +
                      " rows, and " + std::to_string(written_) + " were read",
                  "A policy or a display column of the table may give another answer each time it is asked.");
  }
  writer_.end_sheet();
}

}  // namespace rehydra::exporter
