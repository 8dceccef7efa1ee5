// Job: what a cell of a workbook without a manifest means, as far as the cell alone can tell.
// Callers: staging. Promise: no text is decoded or evaluated; a text that means something only if the database holds
// the same one (a formula, an error value, JSON that was cut off) is handed on as it is.
#pragma once

#include <optional>
#include <string>

#include "importer/convert.h"
#include "registry/legacy.h"

namespace rehydra::importer {

struct LegacyValue {
  Converted converted;
  std::optional<std::string> own_text;  // what may be stored as it is: settle_legacy.h compares it
};

// formula: what stands behind the cell's equals sign, where it has one.
LegacyValue legacy_value(const Cell& cell, std::string_view formula, registry::ReadAs read_as, const pg::Type& type,
                         Converter& converter, pg::Arena& arena);

}  // namespace rehydra::importer
