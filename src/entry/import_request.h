// Job: what rehydra_import, rehydra_preview and rehydra_diff ask for, and what they answer, wherever the file comes
// from. Callers: entry/import.cpp and entry/diff.cpp, whose file is their first argument; entry/upload.cpp;
// entry/jobs/submit.cpp, which queues imports.
#pragma once

#include "entry/shell.h"
#include "importer/import.h"

namespace rehydra::entry {

// Where the arguments stand.
struct ImportArguments {
  int mode = 1;
  int dry_run = 2;
  int customer_id = 3;
  int confirm = 4;
  int datasets = 5;  // behind it selection, match and on_error
  int options = 9;
};

// All but the file. Failure(bad_argument) naming what is not acceptable.
importer::Request import_request(const Call& call, const ImportArguments& at = {});
// From the second argument on. kind: for the activity log.
importer::Request preview_request(const Call& call, const char* kind);

// Each inside of a Spi connection; request.file is there.
Datum import_report(const importer::Answer& answer);
void return_preview(const Call& call, const importer::Request& request);
void return_diff(const Call& call, importer::Request request);

}  // namespace rehydra::entry
