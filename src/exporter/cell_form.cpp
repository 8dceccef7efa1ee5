#include "exporter/cell_form.h"

namespace rehydra::exporter {

CellForm cell_form(const PlannedColumn& column, bool on_sheet) {
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

}  // namespace rehydra::exporter
