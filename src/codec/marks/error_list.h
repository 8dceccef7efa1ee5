// Job: the list of all errors that a marked file carries: a sheet of a workbook, a file of a bundle, a member of a
// document. Callers: codec/marks. Promise: a list is known again by its headers, so that a file marked twice has one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/marks/file_error.h"
#include "codec/marks/styles.h"

namespace rehydra::codec {

constexpr std::string_view list_headers[] = {"Sheet", "Cell", "Column", "Value", "What is wrong", "What to do"};
constexpr std::size_t list_columns = std::size(list_headers);

bool is_list_header(const std::vector<std::string>& texts);
// "B17", or "row 17", or nothing: as a person finds it in a workbook, or where there are only rows.
std::string shown_place(const FileError& error, bool has_cells);
// The texts of one line of the list.
std::vector<std::string> list_line(const FileError& error, bool has_cells);
// "and 12 more errors", empty where the list has all.
std::string list_rest(const FileErrors& errors);

// A whole sheet part. titles: of the workbook's sheets, which the lines lead to.
std::string list_sheet(const FileErrors& errors, const std::vector<std::string>& titles, const Styles& styles);
std::string list_csv(const FileErrors& errors);
std::string list_json(const FileErrors& errors);

}  // namespace rehydra::codec
