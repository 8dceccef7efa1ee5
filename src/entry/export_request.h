// Job: what an export is asked for: of rehydra_export and rehydra_export_chunks, and of the one that queues it.
// Callers: these two; entry/jobs/submit.cpp.
#pragma once

#include "entry/shell.h"
#include "exporter/request.h"

namespace rehydra::entry {

// Where the arguments stand.
struct ExportArguments {
  int customer_id = 0;
  int format = 1;
  int datasets = 2;
  int selection = 3;
  int changed_since = 4;
  int period = 5;
  int options = 6;
};

// Failure(bad_argument) naming what is not acceptable.
exporter::Request export_request(const Call& call, const ExportArguments& at = {});

}  // namespace rehydra::entry
