// Job: rows that policies watch: those that a file may not change, and those whose changes are listed for people.
// Callers: planning, when a data set is compared, as the acting role.
#pragma once

#include <optional>

#include "importer/work.h"

namespace rehydra::importer {

// What policies say of a file that differs from rows which it may not change; nothing where it may.
std::optional<OnFixed> fixed_choice(const Operation& operation, const Work& work);

// Rows of the file that differ are rejected with their cells, or left out with a warning; where the tenant has none yet
// they come in. True where the plan has to be made anew.
bool keep_fixed(Operation& operation, Work& work, OnFixed choice);

// The same for such rows that are not part of this import: what the file says that it was made by is compared with what
// is there.
void compare_rules(Operation& operation);

// A warning a row that is updated in a column that policies list, with both values.
void list_changes(Operation& operation, const Work& work);

}  // namespace rehydra::importer
