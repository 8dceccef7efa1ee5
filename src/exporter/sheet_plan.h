// Job: which sheets an export has, and for each the statement that reads its rows.
// Callers: export_stream; filled in by the survey (types, widths) before the frame is drawn.
// Promise: columns in sheet order, each with its class; no secret and no generated column can get into a statement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pg/types.h"
#include "registry/reading.h"

namespace rehydra::exporter {

class DisplayValues;

// How a display column's values can be had without a join.
struct DisplayLookup {
  std::string statement;          // the parents' keys and what is shown of them
  const pg::Type* key = nullptr;  // what the row refers by
  const pg::Type* parent_key = nullptr;
  const pg::Type* shown = nullptr;
};

struct PlannedColumn {
  std::string name;    // the table's column; empty for display columns
  std::string header;  // empty: not on this sheet, read for the digest alone
  bool key = false;
  bool display = false;
  bool digested = false;  // part of the data set's digest, which is taken where the main sheet is read
  bool has_default = false;
  std::string source;  // display: what it shows, for people
  pg::Type type;
  double width = 0;
  std::vector<std::string> choices;  // all values that it can take; empty: any
  std::optional<DisplayLookup> lookup;
  const DisplayValues* values = nullptr;  // set: the statement gives the key of what is shown
};

// Without order.
struct RowsStatement {
  std::string sql;
  bool joins = false;  // parents, which may be several a row where nothing keeps them unique
};

struct SheetPlan {
  const registry::Dataset* dataset = nullptr;
  const registry::Sheet* sheet = nullptr;
  std::vector<PlannedColumn> columns;  // = the statement's result columns; those of the sheet come first
  std::size_t cells = 0;               // of them on the sheet
  RowsStatement select;
  RowsStatement lean_select;  // the same with keys instead of what can be looked up
  std::string order;
  std::optional<std::uint64_t> rows;  // once counted: at the latest when they are written
  std::vector<std::string> titles;    // the sheet and its continuations
  std::vector<std::size_t> numbers;   // their places in the workbook
};

// Of all sheets of a data set.
void set_rows(std::vector<SheetPlan>& plans, const registry::Dataset& dataset, std::uint64_t rows);

// What a format makes of a data set's sheets.
enum class Layout : std::uint8_t {
  sheets,  // as registered: a main sheet and perhaps others of the same rows (xlsx)
  tables,  // one list of rows with the columns of all of its sheets (csv)
  names,   // the same, columns called by their names, nothing that is there to be looked at only (json)
};

// The data sets (indexes into model.datasets) of an export. Failure(bad_argument) naming what is known.
std::vector<int> resolve_scope(const registry::Model& model, const std::optional<std::vector<std::string>>& names);

// In the order of the sheets' positions. The model must outlive the plans. Parents' keys that the reading has by then
// are used.
std::vector<SheetPlan> plan_sheets(const registry::Reading& reading, const registry::Model& model,
                                   const std::vector<int>& scope, Layout layout);

}  // namespace rehydra::exporter
