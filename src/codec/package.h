// Job: find a workbook's sheets and shared strings in its container, by content types and relations.
// Callers: the workbook reader.
// Promise: every target is a part of the same container; what leads outside is refused.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/inflate.h"
#include "codec/zip_directory.h"

namespace rehydra::codec {

struct SheetPart {
  std::string title;
  bool hidden = false;
  bool has_rows = true;  // a chart sheet has none
  const ZipEntry* entry = nullptr;
};

struct WorkbookParts {
  std::vector<SheetPart> sheets;  // as the tabs stand
  const ZipEntry* workbook = nullptr;
  const ZipEntry* shared_strings = nullptr;
  const ZipEntry* styles = nullptr;  // null where there are none
  bool date1904 = false;
};

using OpenHeldPart = std::function<std::unique_ptr<ByteSource>(const ZipEntry&)>;

WorkbookParts read_package(const ZipDirectory& directory, const Limits& limits, const OpenHeldPart& open);

}  // namespace rehydra::codec
