// Job: recognise rows whose key is not in the database by their match keys (an account by its external id, then by its
// name). Callers: the plan, after a data set was compared; a true result asks for comparing it again. Promise: a key
// never changes in the database: the file's row takes the stored row's key, and what refers to it follows (id_map). Two
// partners are a conflict, reported, never guessed.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

bool match_rows(Operation& operation, Work& work);

}  // namespace rehydra::importer
