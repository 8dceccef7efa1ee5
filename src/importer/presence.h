// Job: which rows will be there after an import, as conditions for SQL: of the file's and of the stored ones.
// Callers: checks of references and of unique values while planning. Unmarked rows of a whole replace need none of it.
#pragma once

#include <string>

#include "importer/work.h"

namespace rehydra::importer {

// Makes work.gone anew from what is rejected, skipped and marked for deletion so far.
void note_gone_rows(const Operation& operation, Work& work);

// Of the tenant's stored rows only those that the file names stay, and what is there of them is in the file.
bool replaces_all(const Work& work);

// The condition that staged row s could not be read, and not in one of these fields either.
std::string unread(const std::vector<std::size_t>& fields);

// The condition that staged row `alias` comes as it is; "true" where all do.
std::string comes(const Work& work, const std::string& alias);

// The condition that stored row `alias` of the tenant is not deleted by this import; "true" where none is.
std::string stays(const Work& work, const std::string& alias);

// Rows of the file may leave theirs as they are stored: what they come to is in the plan alone.
bool may_keep_stored(const Operation& operation, const Work& work);

// The condition that stored row `alias` keeps the values that it has: it stays, and no row of the file writes it.
std::string stays_as_it_is(const Operation& operation, const Work& work, const std::string& alias);

}  // namespace rehydra::importer
