// Job: what is known of a plan's rows, read from the store's facts where all of them are inserted, and from the rows
// where they are mixed. Callers: what applies the plan, and match.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "importer/work.h"

namespace rehydra::importer {

// The masks of the rows to be inserted.
std::vector<std::string> inserted_masks(const Work& work);

// Of an integer field of the rows to be inserted; nothing where all have NULL.
std::optional<std::int64_t> highest_inserted(const Work& work, std::size_t field);

// Stored rows are there that the file lacks.
bool plans_absent(const Work& work);

// The rows never fall in that column, an integer that few of them share.
bool comes_in_order(const Work& work, int column);

// A row to be inserted has NULL there.
bool inserts_null(const Work& work, std::size_t field);

}  // namespace rehydra::importer
