// Job: open an uploaded workbook (untrusted bytes) and hand out its sheets row by row.
// Callers: the importer's open and stage steps, the command line reader, fuzzers.
// Promise: no disk, no network, no allocation sized by a number that the file states; every limit of core/limits.h
// holds and its error names the setting; damaged input throws Failure(bad_file | hostile_file | limit_exceeded |
// unsupported_file).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "core/cell.h"
#include "core/limits.h"
#include "core/spill.h"

namespace rehydra::codec {

struct SheetInfo {
  std::string title;
  bool hidden = false;
};

// One sheet's rows in file order; rows without a value are skipped. One source may be open at a time.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // False at the end. The row's views live until the next call.
  virtual bool next(Row& row) = 0;
};

class WorkbookReader {
 public:
  // bytes must outlive the reader. Shared strings past limits.shared_string_bytes go to a spill.
  static std::unique_ptr<WorkbookReader> open(std::string_view bytes, const Limits& limits, Cancel cancel,
                                              SpillFactory spill);
  virtual ~WorkbookReader() = default;

  virtual const std::vector<SheetInfo>& sheets() const = 0;
  virtual bool date1904() const = 0;
  virtual std::unique_ptr<RowSource> rows(std::size_t sheet) = 0;
};

}  // namespace rehydra::codec
