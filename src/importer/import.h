// Job: one import, preview or restore from request to report: open, stage, lock, plan, confirm, apply, prove, record.
// Callers: the entry layer, between Spi's construction and finish().
// Promise: what is returned was recorded in the same transaction; what is raised left the tenant as it was. The dry run
// is the import, rolled back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "importer/report.h"

namespace rehydra::importer {

struct Request {
  std::string kind;         // import, preview or restore
  std::string_view file;    // import, preview
  std::string snapshot_id;  // restore
  Mode mode = Mode::replace;
  bool dry_run = false;
  bool preview = false;  // plan only: no locks and no writes on tenant data
  std::optional<std::string> customer_id, confirm, model;
  std::optional<std::vector<std::string>> datasets;
  std::optional<std::string> selection, match;  // JSON
  std::string policy = "{}";                    // JSON
  std::optional<std::string> profile;           // of the model's policies
  bool skip_errors = false;                     // on_error => 'skip'
  std::optional<double> max_delete;
  bool keep_missing_columns = false;
  bool raise = false;
  std::string options = "{}";                     // JSON, for the activity log
  std::string operation_id;                       // empty: a new one
  std::function<void(const Operation&)> on_plan;  // of a preview: while the plan is there
};

struct PreviewRow {
  std::string dataset, sheet;
  Counts counts;
};

struct Answer {
  Status status = Status::failed;
  std::string report;  // JSON
  std::vector<PreviewRow> preview;
};

Answer run_import(const Request& request, Cancel cancel, MemoryContext memory);

}  // namespace rehydra::importer
