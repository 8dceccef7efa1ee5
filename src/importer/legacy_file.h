// Job: describe a workbook of an older version, which carries no manifest, by the layout that its model's registry has
// for that version. Callers: opening a file. Promise: what comes out is read like any other file's manifest; the
// customer and the version are those of sheet "Export Metadata", which it must have.
#pragma once

#include "importer/workbook_file.h"

namespace rehydra::importer {

// There is a sheet "Export Metadata" and no manifest.
bool describes_nothing(const codec::WorkbookReader& reader);

// Fills manifest and legacy. Failure(unsupported_file) for a version that the model has no layout of.
void describe_legacy(WorkbookFile& file, const registry::Model& model);

}  // namespace rehydra::importer
