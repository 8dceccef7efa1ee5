// Job: the errors that an operation found, kept in rehydra.operation_errors.
// Callers: the importer, when an operation ends, behind ledger::record.
// Promise: written as the bookkeeping's owner, in the operation's own transaction; read through rehydra.error_log only.
#pragma once

#include <string>

namespace rehydra::ledger {

// errors: a JSON list, in the order they were found, of objects with the table's columns (number aside).
void record_errors(const std::string& operation_id, const std::string& errors);

}  // namespace rehydra::ledger
