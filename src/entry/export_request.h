// Job: what rehydra_export and rehydra_export_chunks are asked for: the same arguments.
// Callers: these two.
#pragma once

#include "entry/shell.h"
#include "exporter/request.h"

namespace rehydra::entry {

// customer_id, format, datasets, selection, changed_since, period, options. Failure(bad_argument).
exporter::Request export_request(const Call& call);

}  // namespace rehydra::entry
