// Job: nothing is deleted before somebody said that it is meant: the word DELETE, or the token of a report on the same
// file, scope and plan.
#pragma once

#include <optional>
#include <string>

#include "importer/report.h"

namespace rehydra::importer {

// True where the import has to wait for a confirmation; the report then carries the token, and an error that says what
// would go.
bool needs_confirmation(const Operation& operation, const std::optional<std::string>& given, Report& report);

}  // namespace rehydra::importer
