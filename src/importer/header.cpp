#include "importer/header.h"

#include <functional>

#include "codec/cell_reader.h"
#include "importer/workbook_file.h"

namespace rehydra::importer {

namespace {

// The best label decides: a header that is one column's name and another's header means the header.
int match(std::string_view header, const std::vector<Expected>& expected) {
  std::size_t most = 0;
  for (const Expected& column : expected) {
    most = column.labels.size() > most ? column.labels.size() : most;
  }
  const auto find = [&](std::size_t rank, auto same) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (rank < expected[i].labels.size() && same(std::string_view(expected[i].labels[rank]), header)) {
        return static_cast<int>(i);
      }
    }
    return -1;
  };
  for (std::size_t rank = 0; rank < most; ++rank) {
    const int exact = find(rank, std::equal_to<std::string_view>());  // names may differ in case alone
    const int found = exact >= 0 ? exact : find(rank, same_label);
    if (found >= 0) {
      return found;
    }
  }
  return -1;
}

std::string place_of(Container container, std::uint32_t row, std::uint32_t column) {
  return place_name({{}, row, column, {}, container});
}

void report_missing(const std::string& title, const std::vector<Expected>& expected, const FoundColumns& found,
                    const std::string& unknown, ErrorList& errors) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (found.number[i] != 0 || expected[i].display || expected[i].optional) {
      continue;
    }
    Error error{ErrorKind::missing_column,
                "column \"" + expected[i].labels.front() + "\" is missing",
                {},
                {},
                {title, 1, 0, expected[i].labels.front()}};
    error.hint =
        unknown.empty()
            ? "Put the column back, or leave its values alone with options => '{\"missing_columns\": \"keep\"}'."
            : "The sheet has unknown columns: " + unknown + ". If one of them is it, give it its header back.";
    errors.add(std::move(error));
  }
}

}  // namespace

FoundColumns find_columns(const std::string& title, const Row& row, const std::vector<Expected>& expected,
                          ErrorList& errors) {
  FoundColumns found;
  found.number.assign(expected.size(), 0);
  found.header.assign(expected.size(), {});
  std::string unknown;
  for (const Cell& cell : row.cells) {
    std::string scratch;
    const std::string header(codec::read_text(cell, scratch).value_or(""));
    const int target = match(header, expected);
    if (found.at.size() <= cell.column) {
      found.at.resize(cell.column + 1, -1);
    }
    if (target < 0) {
      if (header.starts_with('_')) {
        errors.add({ErrorKind::bad_file,
                    "header \"" + header + "\" is reserved",
                    {},
                    "Remove the column, or give it another header.",
                    {title, row.number, cell.column, header}});
      }
      unknown += (unknown.empty() ? "\"" : ", \"") + header + "\"";
      continue;
    }
    const auto index = static_cast<std::size_t>(target);
    if (found.number[index] != 0) {
      errors.add({ErrorKind::duplicate_column,
                  "header \"" + header + "\" stands twice, also in " +
                      place_of(errors.container(), row.number, found.number[index]),
                  {},
                  "Keep the one that holds the values.",
                  {title, row.number, cell.column, header}});
      continue;
    }
    found.number[index] = cell.column;
    found.header[index] = header;
    found.at[cell.column] = target;
  }
  report_missing(title, expected, found, unknown, errors);
  if (!unknown.empty()) {
    errors.warn(errors.called(title) + ": unknown columns were ignored: " + unknown);
  }
  return found;
}

}  // namespace rehydra::importer
