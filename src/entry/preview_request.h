// Job: what rehydra_preview and rehydra_diff ask for: the same arguments, of which nothing is carried out.
// Callers: entry/import.cpp (which has it) and entry/diff.cpp.
#pragma once

#include "entry/shell.h"
#include "importer/import.h"

namespace rehydra::entry {

// kind: for the activity log. The request points into the call's arguments.
importer::Request preview_request(const Call& call, const char* kind);

}  // namespace rehydra::entry
