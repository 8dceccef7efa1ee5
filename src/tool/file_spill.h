// Job: what does not fit in memory, in a temporary file without a name.
// Callers: the workbook file. Promise: the file goes with the object, and with the process.
#pragma once

#include <memory>

#include "core/spill.h"

namespace rehydra::tool {

std::unique_ptr<Spill> make_file_spill();

}  // namespace rehydra::tool
