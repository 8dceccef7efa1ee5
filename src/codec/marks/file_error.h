// Job: one error of a file as the file itself is told about it.
// Callers: the entry of rehydra_error_workbook fills them; codec/marks writes them into workbooks, bundles, documents.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rehydra::codec {

struct FileError {
  std::string sheet;         // sheet, file or data set; empty where none is meant
  std::uint32_t row = 0;     // from 1; 0: all of the sheet is meant
  std::uint32_t column = 0;  // from 1; 0: all of the row is meant
  std::string header;        // of the column, as a person sees it
  std::string value;         // cut
  std::string message;
  std::string hint;
};

struct FileErrors {
  std::vector<FileError> kept;
  std::uint64_t count = 0;  // of all that there were
};

}  // namespace rehydra::codec
