// Job: several statements that PostgreSQL checks as one: what their rows fire afterwards, foreign key checks among it,
// waits for the last of them. What other statements fire meanwhile does not wait.
// Callers: the importer, for rows that cannot be without each other. Promise: hold_triggers() and
// fire_held_triggers() belong together; where an error comes between them, the subtransaction around them takes the
// waiting back. Between them no statement is held inside of a subtransaction of its own.
#pragma once

#include <cstdint>
#include <string>

#include "pg/spi.h"

namespace rehydra::pg {

void hold_triggers();

// Runs one INSERT, UPDATE or DELETE whose triggers wait; the number of rows it processed. Statement triggers fire once
// for all such statements of a table.
std::uint64_t execute_held(const std::string& sql, const Args& args);

void fire_held_triggers();

}  // namespace rehydra::pg
