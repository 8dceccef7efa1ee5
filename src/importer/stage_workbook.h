// Job: the rows of a workbook's sheets, typed, in a store a data set (see work.h for the shape).
// Promise: one pass over each sheet; bad cells become errors with coordinates; nothing of the tenant is read or locked.
#pragma once

#include "importer/workbook_file.h"

namespace rehydra::importer {

// A satellite sheet's own rows, until they are joined: store(r, sheet, line, bad, c0..), slots say what c0.. are.
struct Satellite {
  std::unique_ptr<pg::Store> store;
  std::vector<std::size_t>
      fields;  // c[i] is fields[i] of the work: keys, columns shown on both sheets, columns of its own
  std::vector<std::size_t> own;  // positions of its own columns
  std::vector<std::uint32_t> sheet_columns;
};

// Fills fields, titles, staged and counts of work. With satellites the staged rows are the main sheet's alone (fields
// of sheet 0).
std::vector<Satellite> stage_workbook(Operation& operation, Work& work, WorkbookFile& file, MemoryContext memory);

// The lead columns of any staged rows.
std::vector<pg::StoreColumn> lead_store_columns();

// The columns of a store of staged rows.
std::vector<pg::StoreColumn> staged_columns(const Work& work, std::size_t satellites);

}  // namespace rehydra::importer
