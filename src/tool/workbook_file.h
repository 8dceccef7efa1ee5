// Job: an xlsx workbook as an exported file.
// Callers: open_file().
#pragma once

#include <memory>
#include <string_view>

#include "tool/exported_file.h"

namespace rehydra::tool {

std::unique_ptr<ExportedFile> open_workbook(std::string_view bytes, const Limits& limits);

}  // namespace rehydra::tool
