// Job: values that were written when their column had another type: read as they were written.
// Callers: staging of workbooks and snapshots. Promise: every changed column is a warning.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/cell.h"
#include "importer/work.h"

namespace rehydra::importer {

// By the name that a manifest gives a type.
ColumnClass class_of_type(std::string_view type_name);

// How a column was written, where its type was another one then; warns of it. title: the sheet, as a person sees it.
std::optional<ColumnClass> note_changed_type(ErrorList& errors, const std::string& title, const std::string& header,
                                             const std::string& written_type, const pg::Type& now);

// A native cell that the type of today would take for something else (a date's serial for a number), as its text.
Cell as_it_was_written(const Cell& cell, ColumnClass written, const pg::Type& now, bool date1904, std::string& text);

}  // namespace rehydra::importer
