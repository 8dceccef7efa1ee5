#include "importer/legacy_cell.h"

#include "codec/cell_reader.h"
#include "codec/json/json_cursor.h"
#include "codec/python_literal.h"
#include "pg/settings.h"

namespace rehydra::importer {

namespace {

Cell plain_text(const Cell& cell, std::string_view text) {
  Cell plain = cell;
  plain.kind = CellKind::string;  // nothing in it is an escape
  plain.formula = false;
  plain.text = text;
  return plain;
}

bool is_json(std::string_view text, const Limits& limits) {
  try {
    codec::JsonCursor cursor(text, limits);
    cursor.skip_value();
    return cursor.ended();
  } catch (const Failure&) {
    return false;
  }
}

LegacyValue json_value(const Cell& cell, const pg::Type& type, Converter& converter, pg::Arena& arena) {
  const Limits limits = pg::file_limits();
  std::string scratch;
  std::string_view text = codec::read_text(cell, scratch).value_or("");
  if (cell.kind == CellKind::boolean) {
    text = cell.text == "1" ? "true" : "false";
  }
  if (is_json(text, limits)) {
    return {converter.cell(plain_text(cell, text), type, arena), {}};
  }
  try {
    const std::string json = codec::json_of_literal(text, limits);
    return {converter.cell(plain_text(cell, json), type, arena), std::string(text)};
  } catch (const Failure&) {
    return {{}, std::string(text)};
  }
}

// Version 1 wrote texts that start with an equals sign as formulas, without a value; a spreadsheet program that saved
// the file computed one.
LegacyValue formula_value(const Cell& cell, std::string_view formula, const pg::Type& type, Converter& converter,
                          pg::Arena& arena) {
  const std::string text = "=" + std::string(formula);
  if (cell.kind != CellKind::blank) {
    return {{}, text};
  }
  return {converter.cell(plain_text(cell, text), type, arena), {}};
}

}  // namespace

LegacyValue legacy_value(const Cell& cell, std::string_view formula, registry::ReadAs read_as, const pg::Type& type,
                         Converter& converter, pg::Arena& arena) {
  const bool is_text = type.column.kind == ColumnClass::text && read_as != registry::ReadAs::json;
  if (is_text && cell.formula && !formula.empty()) {
    return formula_value(cell, formula, type, converter, arena);
  }
  if (is_text && !cell.formula && cell.kind == CellKind::error) {
    return {{}, std::string(cell.text)};
  }
  const Cell plain = cell.kind == CellKind::text && !cell.formula ? plain_text(cell, cell.text) : cell;
  if (read_as == registry::ReadAs::json && !cell.formula && cell.kind != CellKind::error) {
    return json_value(plain, type, converter, arena);
  }
  return {converter.cell(plain, type, arena), {}};
}

}  // namespace rehydra::importer
