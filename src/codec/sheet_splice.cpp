// Job: see the header.
// Callers: the workbook writer.
// Promise: relies only on how libxlsxwriter writes these two elements, and says so when it does not.
#include "codec/sheet_splice.h"

#include <algorithm>

#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view data_end = "</sheetData>";
constexpr std::string_view no_data = "<sheetData/>";

void remove_dimension(std::string& head) {
  const std::size_t start = head.find("<dimension ");
  const std::size_t end = head.find("/>", start);
  if (start != std::string::npos && end != std::string::npos) {
    head.erase(start, end + 2 - start);
  }
}

}  // namespace

SheetSplice cut_sheet(std::string_view part, bool keep_dimension) {
  SheetSplice splice;
  if (const std::size_t at = part.find(data_end); at != std::string_view::npos) {
    splice.head = part.substr(0, at);
    splice.tail = part.substr(at);
  } else if (const std::size_t empty = part.find(no_data); empty != std::string_view::npos) {
    splice.head = std::string(part.substr(0, empty)) + "<sheetData>";
    splice.tail = std::string(data_end) + std::string(part.substr(empty + no_data.size()));
  } else {
    throw Failure(ErrorKind::internal, "a sheet of the workbook's frame has no place for rows");
  }
  if (!keep_dimension) {
    remove_dimension(splice.head);
  }
  return splice;
}

void filter_rows(std::string& tail, std::uint64_t rows) {
  constexpr std::string_view filter = "<autoFilter ref=\"";
  const std::size_t start = tail.find(filter);
  const std::size_t end = start == std::string::npos ? start : tail.find('"', start + filter.size());
  if (end == std::string::npos) {
    throw Failure(ErrorKind::internal, "a sheet of the workbook's frame has no filter");
  }
  const std::size_t letter = tail.find_last_not_of("0123456789", end - 1);
  tail.replace(letter + 1, end - letter - 1, std::to_string(std::max<std::uint64_t>(rows, 1) + 1));
}

}  // namespace rehydra::codec
