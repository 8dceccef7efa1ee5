// Job: what is known of a plan's rows, read from the store's facts where all of them are inserted, and from the rows
// where they are mixed. Callers: what applies the plan, and match.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "importer/work.h"

namespace rehydra::importer {

// Rows to be inserted that give the same columns, as many as one statement should write. None is empty.
struct InsertBatch {
  std::string rows;  // what FROM says: the plan, or a segment of it, where others may stand between them
  std::string mask;
};
// which: of these rows (SQL, " AND ..." of alias p), or of all.
std::vector<InsertBatch> insert_batches(const Work& work, const std::string& which);

// Of an integer field of the rows to be inserted; nothing where all have NULL.
std::optional<std::int64_t> highest_inserted(const Work& work, std::size_t field);

// Stored rows are there that the file lacks.
bool plans_absent(const Work& work);

// The rows never fall in that column, an integer that few of them share.
bool comes_in_order(const Work& work, int column);

// A row to be inserted has NULL there.
bool inserts_null(const Work& work, std::size_t field);

}  // namespace rehydra::importer
