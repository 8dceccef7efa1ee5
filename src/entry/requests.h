// Job: what an export and an import were asked for, read from the arguments of an SQL function: of the call that
// carries it out, and of the one that queues it. Callers: entry/export.cpp and entry/import.cpp (which have it),
// entry/jobs/submit.cpp. Promise: the same checks for both. Failure(bad_argument) naming what is not acceptable.
#pragma once

#include "entry/shell.h"
#include "exporter/request.h"
#include "importer/import.h"

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
exporter::Request export_request(const Call& call, const ExportArguments& at = {});

struct ImportArguments {
  int file = 0;
  int mode = 1;
  int dry_run = 2;
  int customer_id = 3;
  int confirm = 4;
  int datasets = 5;  // behind it selection, match and on_error
  int options = 9;
};
// The request points into the call's arguments.
importer::Request import_request(const Call& call, const ImportArguments& at = {});

}  // namespace rehydra::entry
