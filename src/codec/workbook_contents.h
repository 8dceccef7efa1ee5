// Job: what stands in a workbook beside the rows: manifest, metadata lines, long texts.
// Callers: the importer, the command line reader. Promise: sheets and headers are found as people name them, without
// regard to case and surrounding space.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/manifest.h"
#include "codec/overflow.h"
#include "codec/workbook_reader.h"

namespace rehydra::codec {

// "same but for case and surrounding space", for titles and headers.
bool same_label(std::string_view left, std::string_view right) noexcept;

// The sheet's index: the same title, else the only one that is the same but for case and space; -1 where there is none.
int find_sheet(const WorkbookReader& reader, std::string_view title);

// The JSON of sheet "_rehydra", and what sheet "Export Metadata" says; Failure(missing_sheet) where there is none.
std::string manifest_text(WorkbookReader& reader);
Metadata read_metadata(WorkbookReader& reader);

// What stands on sheet "_overflow"; nothing where there is none.
std::unique_ptr<OverflowTexts> read_long_texts(WorkbookReader& reader, SpillFactory spill);

}  // namespace rehydra::codec
