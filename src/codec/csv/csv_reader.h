// Job: open a csv bundle (docs/formats.md; untrusted bytes): a zip of csv files and manifest.json; hand out its files
// row by row. Callers: the importer, fuzzers.
// Promise: the container is read as strictly as a workbook's, files are inflated while they are read; every limit of
// core/limits.h holds.
#pragma once

#include <string_view>

#include "codec/described_file.h"
#include "core/cancel.h"
#include "core/limits.h"

namespace rehydra::codec {

// A zip with a manifest.json that is no workbook. False for what is no sound zip at all.
bool looks_like_csv(std::string_view bytes, const Limits& limits);

// bytes must outlive the reader.
DescribedFile open_csv(std::string_view bytes, const Limits& limits, Cancel cancel);

}  // namespace rehydra::codec
