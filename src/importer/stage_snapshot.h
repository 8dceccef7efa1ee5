// Job: the rows that a snapshot keeps of a data set, typed, in a store (see work.h for the shape).
#pragma once

#include "importer/work.h"
#include "ledger/snapshot.h"

namespace rehydra::importer {

// index: into reader.head().datasets. Columns that the table no longer has are left out with a warning.
void stage_snapshot(Operation& operation, Work& work, ledger::SnapshotReader& reader, std::size_t index,
                    MemoryContext memory);

}  // namespace rehydra::importer
