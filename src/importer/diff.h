// Job: a plan row by row, as rehydra_diff shows it.
// Callers: the entry of rehydra_diff, through Request::on_plan.
// Promise: reads the plan's stores as the acting role, a batch in memory; secrets are left out, nothing else is cut.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/cancel.h"
#include "importer/work.h"

namespace rehydra::importer {

// An update has a line a changed column; an insert and a delete one line, whose value is the row as a JSON object.
struct DiffLine {
  std::string dataset;
  std::optional<std::string> row_key;
  const char* action = "";
  std::optional<std::string> column_name, old_value, new_value;
  std::optional<std::string> sheet, cell;
};

using DiffSink = std::function<void(const DiffLine& line)>;

// Data sets in the plan's order, rows as their sheets have them, then those that the file lacks by key.
void list_changes(const Operation& operation, Cancel cancel, MemoryContext memory, const DiffSink& sink);

}  // namespace rehydra::importer
