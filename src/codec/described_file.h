// Job: an opened file of any format: its rows and what it says of itself.
// Callers: the importer, the command line reader.
#pragma once

#include <memory>

#include "codec/manifest.h"
#include "codec/workbook_reader.h"

namespace rehydra::codec {

struct DescribedFile {
  std::unique_ptr<WorkbookReader> reader;
  Manifest manifest;
};

}  // namespace rehydra::codec
