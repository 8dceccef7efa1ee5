// Job: the errors of an operation as JSON, for its report and for the ledger.
// Callers: importer/report.cpp, importer/import.cpp.
// Promise: what stored_json gives is valid in jsonb, whatever bytes a file's texts have.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "importer/errors.h"

namespace rehydra::importer {

nlohmann::json text_or_null(const std::string& text);
// As rehydra_errors shows it: {sheet, cell, dataset, row_key, column_name, value, sqlstate, message, hint}.
nlohmann::json error_json(const RowError& error);
// jsonb cannot hold U+0000 nor broken characters, and a file's texts may: they are U+FFFD.
std::string stored_json(const nlohmann::json& value);
// A list of all that are kept, each with what the error workbook needs besides: {..., line, position, header, reason}.
std::string kept_errors_json(const ErrorList& errors);

}  // namespace rehydra::importer
