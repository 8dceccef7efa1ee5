#include "importer/header.h"

#include <functional>

#include "codec/cell_reader.h"
#include "codec/workbook_contents.h"

namespace rehydra::importer {

namespace {

constexpr int none = -1;
constexpr int several = -2;

// The column whose label of that rank is the same.
template <class Same>
int match_at(std::size_t rank, std::string_view header, const std::vector<Expected>& expected, Same same) {
  int found = none;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (rank < expected[i].labels.size() && same(std::string_view(expected[i].labels[rank]), header)) {
      found = found == none ? static_cast<int>(i) : several;
    }
  }
  return found;
}

// The best label decides: a header that is one column's name and another's header means the header. What is like two
// columns, whose names differ in case alone, is neither.
int match(std::string_view header, const std::vector<Expected>& expected) {
  std::size_t most = 0;
  for (const Expected& column : expected) {
    most = column.labels.size() > most ? column.labels.size() : most;
  }
  for (std::size_t rank = 0; rank < most; ++rank) {
    const int exact = match_at(rank, header, expected, std::equal_to<std::string_view>());
    const int found = exact >= 0 ? exact : match_at(rank, header, expected, codec::same_label);
    if (found != none) {
      return found;
    }
  }
  return none;
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
    if (target < 0 && codec::same_label(header, op_header) && found.op == 0) {
      found.op = cell.column;
      continue;
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
