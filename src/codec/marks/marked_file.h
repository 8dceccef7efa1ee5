// Job: an uploaded file given back with what is wrong with it: a workbook's bad cells filled, commented and listed on a
// sheet in front; a csv bundle with a file errors.csv; a json document with a member "errors".
// Callers: the entry of rehydra_error_workbook. Promise: everything else of the file is as it was, and what was added
// is ignored by an import; memory does not grow with the rows.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/marks/file_error.h"
#include "core/cancel.h"
#include "core/limits.h"
#include "core/spill.h"

namespace rehydra::codec {

class MarkedFile {
 public:
  virtual ~MarkedFile() = default;
  // The next bytes; false at the end.
  virtual bool next(std::string& chunk) = 0;
};

// bytes must outlive it. What the file is shows in its content.
std::unique_ptr<MarkedFile> mark_file(std::string_view bytes, const FileErrors& errors, const Limits& limits,
                                      Cancel cancel, SpillFactory spill);

}  // namespace rehydra::codec
