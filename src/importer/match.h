// Job: recognise rows whose key is not in the database by their match keys (an account by its external id, then by its
// name). Callers: the plan, after a data set was compared; a true result asks for comparing it again. Promise: a key
// never changes in the database: the file's row takes the stored row's key, and what refers to it follows (id_map). Two
// partners are a conflict, reported, never guessed.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

// SQL: a row of the file, whose values have that prefix, and stored row d have the same match key; empty where the file
// lacks one of its columns. An empty text recognises nobody.
std::string same_values(const Work& work, const std::vector<int>& match_key, const std::string& prefix);

// SQL for FROM: the tenant's stored rows as d, with their fields as o0, o1, ...
std::string stored_rows(const Operation& operation, const Work& work);

// Rows that are planned as new may still be recognised by match_rows().
bool may_find_partners(const Work& work);
bool match_rows(Operation& operation, Work& work);

// Before a data set is compared: where the call says how its rows are recognised, they take the keys of the stored rows
// that they are, and those that are new while their key is taken get another one.
void match_as_asked(Operation& operation, Work& work);

}  // namespace rehydra::importer
