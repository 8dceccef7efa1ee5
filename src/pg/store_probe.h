// Job: tell of a store's rows, in one look without SQL, that nothing is wrong with them.
// Callers: checks while planning, before the query that finds out which rows are wrong: files are nearly always right.
// Promise: true is sure. false says nothing: some rows may be wrong, or these types cannot be told apart by their
// images. Memory: 16 MiB at most, however many rows there are.
#pragma once

#include <string>
#include <vector>

#include "pg/store.h"

namespace rehydra::pg {

// No two rows have equal values (as GROUP BY takes them) in all of these columns; rows with a NULL among them do not
// count.
bool surely_distinct(const Store& store, const std::vector<std::string>& columns);

// Each value of the column is NULL or stands in the other store's column.
bool surely_contained(const Store& store, const std::string& column, const Store& parents,
                      const std::string& parent_column);

}  // namespace rehydra::pg
