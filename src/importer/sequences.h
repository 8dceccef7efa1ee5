// Job: keep the next ordinary INSERT working: raise a key's sequence above the keys that an import brought.
// Callers: the operation, after the proof; never in a dry run. Promise: never lowered; raised under a lock that
// excludes nextval.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

void raise_sequences(const Work& work);

}  // namespace rehydra::importer
