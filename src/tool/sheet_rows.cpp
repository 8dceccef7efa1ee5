#include "tool/sheet_rows.h"

#include <algorithm>

#include "codec/cell_reader.h"
#include "codec/workbook_contents.h"
#include "core/shown_text.h"
#include "tool/for_people.h"

namespace rehydra::tool {
namespace {

constexpr std::string_view row_header = "Row";

bool is_display(const codec::ManifestColumn& column) {
  return column.kind == "display";
}

std::string_view type_of(const codec::ManifestColumn& column) {
  return column.base.empty() ? column.type : column.base;
}

}  // namespace

SheetRows::SheetRows(codec::WorkbookReader& reader, Container container, const codec::ManifestSheet& sheet,
                     codec::OverflowTexts& long_texts, Problems& problems)
    : reader_(reader),
      container_(container),
      sheet_(sheet),
      long_texts_(long_texts),
      problems_(problems),
      places_(sheet.columns.size()) {
  for (const codec::ManifestColumn& column : sheet.columns) {
    types_.emplace_back(type_of(column));
  }
  open_page();
}

std::optional<std::string_view> SheetRows::value(std::size_t column) const {
  const Place& place = places_[column];
  return place.there ? std::optional(std::string_view(texts_).substr(place.offset, place.bytes)) : std::nullopt;
}

bool SheetRows::next() {
  for (;;) {
    while (rows_->next(row_)) {
      if (read_row()) {
        return true;
      }
    }
    if (page_ + 1 == sheet_.titles.size()) {
      return false;
    }
    ++page_;
    open_page();
  }
}

void SheetRows::open_page() {
  const std::string& title = sheet_.titles[page_];
  const int number = codec::find_sheet(reader_, title);
  if (number < 0) {
    throw Failure(ErrorKind::missing_sheet, container_name(container_, title) + " is missing",
                  "Put it back, or take the file as it was exported.", {title, 0, 0, {}, container_});
  }
  rows_.reset();
  rows_ = reader_.rows(static_cast<std::size_t>(number));
  Row headers;
  (void)rows_->next(headers);
  find_columns(headers);
}

void SheetRows::find_columns(const Row& headers) {
  const std::string& title = sheet_.titles[page_];
  std::vector<bool> found(sheet_.columns.size());
  std::string scratch;
  at_.clear();
  for (const Cell& cell : headers.cells) {
    const std::string_view header = codec::read_text(cell, scratch).value_or("");
    const int column = column_named(header);
    at_.resize(cell.column + 1, -1);
    at_[cell.column] = column;
    if (column < 0) {
      continue;
    }
    if (found[static_cast<std::size_t>(column)]) {
      throw Failure(ErrorKind::duplicate_column, "header \"" + std::string(header) + "\" stands twice",
                    "Keep the one that holds the values.",
                    {title, headers.number, cell.column, std::string(header), container_});
    }
    found[static_cast<std::size_t>(column)] = true;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i] && !is_display(sheet_.columns[i])) {
      throw Failure(ErrorKind::missing_column, "column \"" + sheet_.columns[i].header + "\" is missing",
                    "Put the column back, or give it its header back.",
                    {title, 1, 0, sheet_.columns[i].header, container_});
    }
  }
}

// The header as it was exported, else the column's name in the table.
int SheetRows::column_named(std::string_view header) const {
  for (const auto label : {&codec::ManifestColumn::header, &codec::ManifestColumn::name}) {
    for (std::size_t i = 0; i < sheet_.columns.size(); ++i) {
      if (!(sheet_.columns[i].*label).empty() && codec::same_label(sheet_.columns[i].*label, header)) {
        return static_cast<int>(i);
      }
    }
  }
  return -1;
}

bool SheetRows::read_row() {
  texts_.clear();
  std::fill(places_.begin(), places_.end(), Place());
  bool is_row = row_.stated;
  for (const Cell& cell : row_.cells) {
    const int column = cell.column < at_.size() ? at_[cell.column] : -1;
    if (column < 0 || !tells(cell, column)) {
      continue;
    }
    is_row = true;
    if (!is_display(sheet_.columns[static_cast<std::size_t>(column)])) {
      read_cell(cell, static_cast<std::size_t>(column));
    }
  }
  return is_row;
}

// Rows that may be without any value have a display column of their own that says that they are there.
bool SheetRows::tells(const Cell& cell, int column) const {
  const codec::ManifestColumn& described = sheet_.columns[static_cast<std::size_t>(column)];
  const bool says_true = cell.kind == CellKind::boolean || (container_ == Container::file && cell.text == "true");
  return !is_display(described) || (says_true && described.header.starts_with(row_header));
}

void SheetRows::read_cell(const Cell& cell, std::size_t column) {
  if (cell.formula) {
    report(cell, column, "the cell holds a formula", "Put its value in its place (copy, then paste as values).");
    keep(column, cell.text);
    return;
  }
  if (types_[column].is_guess(cell)) {
    problems_.add_guess(sheet_.columns[column]);
  }
  const auto text = text_of(cell, column);
  if (!text && cell.kind == CellKind::error) {
    report(cell, column, "the cell holds the error " + std::string(cell.text), "Enter a value, or clear the cell.");
  } else if (!text) {
    const std::string& type = sheet_.columns[column].type;
    report(cell, column, std::string("\"").append(shortened(cell.text)).append("\" is not a value of type ") + type,
           "Enter a value of type " + type + ", written as the export writes it, or clear the cell.");
  }
  keep(column, text.value_or(cell.text));
}

// A long text that is damaged is the cell's problem here, not the file's end.
std::optional<std::string_view> SheetRows::text_of(const Cell& cell, std::size_t column) {
  try {
    return types_[column].text(cell, reader_.date1904(), long_texts_);
  } catch (const Failure& failure) {
    if (failure.error().kind != ErrorKind::bad_file) {
      throw;
    }
    report(cell, column, failure.error().message, failure.error().hint);
    return cell.text;
  }
}

void SheetRows::report(const Cell& cell, std::size_t column, std::string message, std::string hint) {
  problems_.add({ErrorKind::bad_value,
                 std::move(message),
                 {},
                 std::move(hint),
                 {sheet_.titles[page_], row_.number, cell.column, sheet_.columns[column].header, container_}});
}

void SheetRows::keep(std::size_t column, std::string_view text) {
  places_[column] = {true, texts_.size(), text.size()};
  texts_ += text;
}

}  // namespace rehydra::tool
