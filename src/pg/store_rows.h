// Job: put a query's rows into a store.
#pragma once

#include <string>

#include "pg/cursor.h"
#include "pg/store.h"
#include "pg/wide_cursor.h"

namespace rehydra::pg {

// The query's columns are the store's, in order. Batch by batch, so that any number of rows takes the same memory.
void append_rows(Store& store, const std::string& sql, const Args& args, Access access = Access::read_only);
void append_rows(Store& store, WideCursor& rows);

}  // namespace rehydra::pg
