// Job: a json document or a csv bundle as an exported file: one list of rows a data set, the manifest beside them.
// Callers: open_file().
#pragma once

#include <memory>
#include <string_view>

#include "tool/exported_file.h"

namespace rehydra::tool {

std::unique_ptr<ExportedFile> open_json_document(std::string_view bytes, const Limits& limits);
std::unique_ptr<ExportedFile> open_csv_bundle(std::string_view bytes, const Limits& limits);

}  // namespace rehydra::tool
