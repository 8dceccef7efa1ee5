// Job: a request as JSON, for the job's row, and back.
// Callers: entry/jobs/submit.cpp and worker.cpp. Promise: what comes back is what went in, the file of an import and
// the operation's id aside.
#pragma once

#include <string>

#include "exporter/request.h"
#include "importer/import.h"

namespace rehydra::entry {

std::string to_json(const exporter::Request& request);
std::string to_json(const importer::Request& request);

exporter::Request stored_export(const std::string& json);
importer::Request stored_import(const std::string& json);

}  // namespace rehydra::entry
