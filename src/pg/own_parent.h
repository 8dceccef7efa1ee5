// Job: tell whether the row that a foreign key refers to is one that this very transaction wrote.
// Callers: reference_memo.cpp, from within the server's referential check triggers: plain data only.
// Why: PostgreSQL's check locks the parent, so that nobody takes it away before the child is committed. Of a row that
// nobody else can see yet the lock has nobody to keep out, and it costs more than the look: a statement through SPI, a
// new tuple header and a WAL record a parent. What this transaction itself takes away later meets the parent's own
// triggers, which find the child.
#pragma once

#include "pg/pg.h"

extern "C" {
#include "utils/rel.h"
}

namespace rehydra::pg {

struct OwnParent;

// A look at the table that a table's foreign key refers to, by the index behind its key; nullptr where it would not be
// surely right: partitioned tables, other access methods, columns of two types. The referenced table stays open until
// the statement ends.
OwnParent* open_own_parent(EState* estate, Relation table, const ForeignKeyCacheInfo& key);

// values: the referring columns, in the order of the constraint, none of them NULL.
bool is_own_parent(OwnParent& parent, const Datum* values);

}  // namespace rehydra::pg
