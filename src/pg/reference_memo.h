// Job: let PostgreSQL's own foreign key check run once per distinct key of a statement instead of once per row.
// Callers: planned_statement.cpp, between the start and the run of an INSERT.
// Promise: the first row of each key is checked, and its parent locked, by RI_FKey_check_ins itself, but where the
// parent is a row of this very transaction (own_parent.h); only keys that passed are remembered, and only until the
// statement ends. Where a condition does not hold, plain RI is left in place: deferrable or disabled triggers, keys of
// other than by-value types; more than half of the first 10,000 keys distinct: nothing is remembered any more.
#pragma once

#include "pg/pg.h"

namespace rehydra::pg {

// Puts the memo in front of the referential check triggers of the statement's result relations. Server calls that may
// raise: only inside a guard.
void install_reference_memos(EState* estate);

}  // namespace rehydra::pg
