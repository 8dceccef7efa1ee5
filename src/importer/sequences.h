// Job: keep the next ordinary INSERT working: raise a key's sequence above the keys that an import brought.
// Callers: the operation, after the proof, and inserting; never in a dry run. Promise: never lowered; raised under a
// lock that excludes nextval.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

void raise_sequences(const Work& work);
void raise_sequences(const Operation& operation);

// The number that a field's sequence has given out last; 0 where it has none.
std::int64_t last_given_out(const Work& work, std::size_t field);

}  // namespace rehydra::importer
