// Job: give the rows of a workbook without a manifest what it cannot know: values that the file cannot tell from the
// stored ones become the stored ones, keys and parents that its sheets lack are found, rows that are everybody's are
// left out. Callers: the file source, after staging and again where rows were matched, as the acting role. Promise:
// reads only; a value that the file could have told apart stays the file's. Shape of raw rows: raw(r, sheet, line, bad,
// c0.., x0..), x the cell's own text where that may be stored as it is (legacy_cell.h); where c is NULL, nothing else
// is known of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "importer/legacy_compare.h"
#include "importer/work.h"

namespace rehydra::importer {

// What was assumed about a data set, counted.
struct Assumptions {
  std::uint64_t by_sameness[static_cast<std::size_t>(Sameness::kinds)] = {};
  std::uint64_t blanks = 0, zeros = 0, attached = 0, shared = 0, shared_changed = 0, cut_new = 0;
};

// Rows to settle: of a sheet, or of the whole data set.
struct LegacyRows {
  const pg::Store* store = nullptr;              // published
  std::vector<std::size_t> fields;               // c[i] is fields[i] of the work
  std::vector<std::uint32_t> sheet_columns;      // of each; 0 where it has no cells
  std::vector<std::size_t> added;                // fields without cells, to stand behind them
  std::vector<std::string> titles;               // what sheet counts
  std::size_t lines = 0;                         // satellites' lines in front of c0
  bool raw = true;                               // x0.. are there
  const registry::LegacySheet* sheet = nullptr;  // with what new rows are attached to; nullptr for none
  bool leaves_out_shared = false;
};

// The settled rows, published: (r, sheet, line, bad, line1.., c0..).
std::unique_ptr<pg::Store> settle_legacy(Operation& operation, Work& work, const LegacyRows& rows,
                                         const std::string& store_name, MemoryContext memory, Assumptions& assumptions);

// One warning a kind.
void warn_of_assumptions(ErrorList& errors, const Work& work, const Assumptions& assumptions);

}  // namespace rehydra::importer
