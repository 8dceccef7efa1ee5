// Job: turn a sheet's tokens into rows.
// Callers: the workbook reader.
// Promise: plain cells come straight from the window, all others through the tokenizer, with the same result.
#include "codec/sheet_reader.h"

#include <algorithm>
#include <charconv>

#include "codec/escaped_unit.h"
#include "codec/xml_syntax.h"
#include "core/column_name.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view end_of_row = "</row>";
constexpr std::string_view between_rows = "</row><row r=\"";

// 0 where it is no number from 1 to most.
std::uint32_t positive(std::string_view digits, std::uint32_t most) {
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && stop == end && value <= most ? value : 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && xml::is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && xml::is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_string(CellType type) {
  return type == CellType::string || type == CellType::inline_string;
}

// A value that add_cell() would take as it is.
bool is_bare(const PlainCell& cell) {
  return !cell.text.empty() && ((is_string(cell.type) && !may_be_escaped(cell.text)) ||
                                (cell.type == CellType::number && cell.text.front() > ' ' && cell.text.back() > ' '));
}

struct Reference {
  std::uint32_t column = 0;
  std::string_view row_digits;
};

Reference split_reference(std::string_view reference) {
  Reference parts;
  std::size_t at = 0;
  while (at < reference.size() && at < 3 && reference[at] >= 'A' && reference[at] <= 'Z') {
    parts.column = parts.column * 26 + static_cast<std::uint32_t>(reference[at++] - 'A' + 1);
  }
  parts.row_digits = reference.substr(at);
  return parts;
}

CellKind kind_of(CellType type) {
  switch (type) {
    case CellType::number:
      return CellKind::number;
    case CellType::boolean:
      return CellKind::boolean;
    case CellType::error:
      return CellKind::error;
    case CellType::date:
      return CellKind::iso_date;
    default:
      return CellKind::text;
  }
}

}  // namespace

SheetReader::SheetReader(std::unique_ptr<ByteSource> part, std::string title, const Limits& limits,
                         SharedStrings& strings, std::size_t window)
    : part_(std::move(part)),
      title_(std::move(title)),
      limits_(limits),
      strings_(strings),
      most_columns_(static_cast<std::uint32_t>(std::min<std::uint64_t>(limits.columns, max_sheet_columns))),
      xml_(*part_, limits, window),
      text_(limits.cell_units),
      formula_(limits.cell_units) {}

bool SheetReader::next(Row& row) {
  try {
    return next_row(row);
  } catch (Failure& failure) {
    Location& where = failure.error().where;
    if (where.sheet.empty()) {
      where.sheet = title_;
      where.row = row_number_;
      where.column = column_;
    }
    throw;
  }
}

bool SheetReader::next_row(Row& row) {
  row.cells.clear();
  row.formulas.clear();
  if (state_ == State::before) {
    find_rows();
  }
  while (state_ == State::rows) {
    if (enter_row(row)) {
      read_cells(row);
      if (!row.cells.empty()) {
        return true;
      }
    }
  }
  return false;
}

// Over the start of the next row; false where something else stood there.
bool SheetReader::enter_row(Row& row) {
  if (in_row_) {
    in_row_ = false;
    if (enter_plain_row(row)) {
      return true;
    }
    xml_.next();
  }
  switch (xml_.next()) {
    case XmlToken::start:
      if (xml_.is_main("row")) {
        begin_row(row, xml_.attribute("r"));
        return true;
      }
      skip_element(xml_);
      return false;
    case XmlToken::text:
      expect_blank();
      return false;
    default:
      finish();
      return false;
  }
}

// The end of a row and the start of the next at once.
bool SheetReader::enter_plain_row(Row& row) {
  constexpr std::size_t longest_number = 7;
  const std::string_view window = xml_.window();
  if (!window.starts_with(between_rows)) {
    return false;
  }
  const std::string_view stated = window.substr(between_rows.size(), longest_number);
  const std::size_t digits = std::min(stated.find('"'), stated.size());
  const std::size_t behind = between_rows.size() + digits;
  if (digits == 0 || !window.substr(behind).starts_with("\">")) {
    return false;
  }
  xml_.skip(behind + 2);
  begin_row(row, stated.substr(0, digits));
  return true;
}

void SheetReader::find_rows() {
  if (xml_.next() != XmlToken::start || !xml_.is_main("worksheet")) {
    throw Failure(ErrorKind::bad_file, "the sheet's part holds no worksheet",
                  "Open the file in a spreadsheet program and save it again.");
  }
  state_ = State::rows;
  for (;;) {
    const XmlToken token = xml_.next();
    if (token == XmlToken::start && xml_.is_main("sheetData")) {
      return;
    }
    if (token == XmlToken::start) {
      skip_element(xml_);
    } else if (token == XmlToken::end) {
      finish();
      return;
    }
  }
}

// Behind the rows, to the end of the part: its checksum and well-formedness count too.
void SheetReader::finish() {
  state_ = State::after;
  row_number_ = column_ = 0;
  for (;;) {
    switch (xml_.next()) {
      case XmlToken::start:
        if (xml_.is_main("sheetData")) {
          throw Failure(ErrorKind::bad_file, "the sheet holds two tables of cells",
                        "Open the file in a spreadsheet program and save it again.");
        }
        skip_element(xml_);
        break;
      case XmlToken::done:
        return;
      default:
        break;
    }
  }
}

void SheetReader::expect_blank() const {
  if (!xml::is_blank(xml_.text())) {
    throw Failure(ErrorKind::bad_file, "the sheet holds text outside of its cells",
                  "Open the file in a spreadsheet program and save it again.");
  }
}

void SheetReader::begin_row(Row& row, std::string_view stated) {
  arena_.clear();
  kept_ = 0;
  column_ = 0;
  const std::uint32_t before = row_number_;
  row_number_ = stated.data() == nullptr ? before + 1 : positive(stated, max_sheet_rows);
  if (row_number_ == 0 || row_number_ > max_sheet_rows) {
    row_number_ = before;
    throw Failure(ErrorKind::bad_file, "the sheet holds a row that no sheet has, behind this one",
                  "Open the file in a spreadsheet program and save it again.");
  }
  if (row_number_ <= before) {
    throw Failure(ErrorKind::bad_file, "the sheet holds this row twice, or its rows are out of order",
                  "Open the file in a spreadsheet program and save it again.");
  }
  row.number = row_number_;
  char digits[12];
  row_digits_.assign(digits, std::to_chars(digits, digits + sizeof(digits), row_number_).ptr);
  heads_.begin_row(row_digits_);
}

void SheetReader::read_cells(Row& row) {
  const bool plain = xml_.main_is_default();
  for (;;) {
    if (plain) {
      take_plain_cells(row);
    }
    if (!xml_.window().starts_with(end_of_row)) {
      keep_texts(row);
    } else if (plain && xml_.may_repeat("row")) {
      in_row_ = true;
      return;
    }
    switch (xml_.next()) {
      case XmlToken::start:
        if (xml_.is_main("c")) {
          read_cell(row);
        } else {
          skip_element(xml_);
        }
        break;
      case XmlToken::text:
        expect_blank();
        break;
      default:
        return;
    }
  }
}

void SheetReader::take_plain_cells(Row& row) {
  const std::string_view window = xml_.window();
  const char* at = window.data();
  const char* const end = at + window.size();
  PlainCell cell;
  while (const char* const after = plain_cell(at, end, cell)) {
    if (cell.text.size() > limits_.cell_units) {
      break;  // the tokenizer's way finds the words for what is wrong
    }
    begin_cell(cell.column == 0 ? column_ + 1 : cell.column);
    if (is_bare(cell)) {
      row.cells.push_back({column_, kind_of(cell.type), false, cell.text});
    } else {
      add_cell(row, cell.type, cell.text, false);
    }
    at = after;
  }
  xml_.skip(static_cast<std::size_t>(at - window.data()));
}

const char* SheetReader::plain_cell(const char* at, const char* end, PlainCell& cell) {
  if (const char* const after = heads_.match(column_ + 1, at, end, cell)) {
    return after;
  }
  const char* const after = scan_plain_cell(at, end, cell);
  if (after == nullptr || (cell.column != 0 && cell.row_digits != row_digits_)) {
    return nullptr;
  }
  heads_.learn(at, cell);
  return after;
}

// Texts in the window must move before it does.
void SheetReader::keep_texts(Row& row) {
  for (; kept_ < row.cells.size(); ++kept_) {
    row.cells[kept_].text = arena_.copy(row.cells[kept_].text);
    check_row_bytes();
  }
}

void SheetReader::check_row_bytes() const {
  if (arena_.used() > limits_.shared_string_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "a row holds more than the " + std::to_string(limits_.shared_string_bytes) +
                      " bytes that rehydra.max_shared_string_bytes allows",
                  "Raise rehydra.max_shared_string_bytes, or shorten the texts of the row.");
  }
}

void SheetReader::read_cell(Row& row) {
  const std::string_view stated = xml_.attribute("r");
  if (stated.data() == nullptr) {
    begin_cell(column_ + 1);
  } else {
    const Reference reference = split_reference(stated);
    if (reference.column == 0 || reference.row_digits != row_digits_) {
      bad_cell("a cell of the row has the reference of another place");
    }
    begin_cell(reference.column);
  }
  CellType type = CellType::number;
  const std::string_view type_name = xml_.attribute("t");
  if (type_name.data() != nullptr && !cell_type(type_name, type)) {
    bad_cell("the cell has a type that no workbook knows");
  }
  text_.clear();
  formula_.clear();
  bool formula = false;
  bool seen = false;
  for (XmlToken token = xml_.next(); token != XmlToken::end; token = xml_.next()) {
    if (token == XmlToken::text) {
      expect_blank();
    } else if (xml_.is_main("v")) {
      read_value(false, seen);
    } else if (xml_.is_main("is")) {
      read_value(true, seen);
      type = CellType::inline_string;
    } else if (xml_.is_main("f")) {
      formula = true;
      read_plain_text(xml_, formula_);
    } else {
      skip_element(xml_);
    }
  }
  if (text_.too_long()) {
    too_long();
  }
  // LibreOffice saves every truth value as one of these two formulas: they are its way to write the value.
  if (formula && (formula_.text() == "TRUE()" || formula_.text() == "FALSE()")) {
    add_cell(row, CellType::boolean, formula_.text() == "TRUE()" ? "1" : "0", false);
  } else {
    add_cell(row, type, text_.text(), formula);
    if (formula) {
      row.formulas.push_back({column_, arena_.copy(formula_.text())});
      check_row_bytes();
    }
  }
}

void SheetReader::read_value(bool inline_text, bool& seen) {
  if (seen) {
    bad_cell("the cell has two values");
  }
  seen = true;
  if (inline_text) {
    read_rich_text(xml_, text_);
  } else {
    read_plain_text(xml_, text_);
  }
}

void SheetReader::begin_cell(std::uint32_t column) {
  if (column <= column_ || column > most_columns_) {
    refuse_column(column);
  }
  column_ = column;
}

void SheetReader::refuse_column(std::uint32_t column) {
  if (column > max_sheet_columns) {
    bad_cell("the row holds a cell in a column that no sheet has");
  }
  if (column > limits_.columns) {
    throw Failure(
        ErrorKind::limit_exceeded,
        "the sheet has more than the " + std::to_string(limits_.columns) + " columns that rehydra.max_columns allows",
        "Raise rehydra.max_columns, or remove columns from the sheet.");
  }
  column_ = column;
  bad_cell("the row holds this cell twice, or its cells are out of order");
}

// text stands in the window, in text_ or in the shared strings; keep_texts() saves what has to be saved.
void SheetReader::add_cell(Row& row, CellType type, std::string_view text, bool formula) {
  if (!is_string(type)) {
    text = trimmed(text);
  }
  if (text.empty() && !formula) {
    return;
  }
  CellKind kind = kind_of(type);
  if (text.empty()) {
    kind = CellKind::blank;
  } else if (type == CellType::shared) {
    text = shared_text(text);
  } else if (type == CellType::boolean && text != "0" && text != "1") {
    bad_cell("the cell's truth value is neither 0 nor 1");
  }
  if (kind == CellKind::text && may_be_escaped(text)) {
    text = unescaped(text);
  }
  if (text.empty() && !formula) {
    return;
  }
  row.cells.push_back({column_, kind, formula, text});
}

std::string_view SheetReader::shared_text(std::string_view number) {
  std::uint64_t index = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, index);
  std::string_view text;
  if (error != std::errc() || stop != end) {
    bad_cell("the cell's text is no number of a shared string");
  }
  switch (strings_.find(index, arena_, text)) {
    case SharedStrings::Found::unknown:
      bad_cell("the cell refers to a shared string that the workbook does not hold");
    case SharedStrings::Found::too_long:
      too_long();
    default:
      check_row_bytes();
      return text;
  }
}

std::string_view SheetReader::unescaped(std::string_view text) {
  std::string decoded;
  append_unescaped(decoded, text);
  const std::string_view kept = arena_.copy(decoded);
  check_row_bytes();
  return kept;
}

void SheetReader::bad_cell(const char* what) const {
  throw Failure(ErrorKind::bad_file, what, "Open the file in a spreadsheet program and save it again.",
                {title_, row_number_, column_, {}});
}

void SheetReader::too_long() const {
  throw Failure(ErrorKind::limit_exceeded,
                "cell " + cell_name(row_number_, column_) + " holds more than the " +
                    std::to_string(limits_.cell_units) + " characters that rehydra.max_cell_units allows",
                "Shorten the text of the cell, or raise rehydra.max_cell_units.", {title_, row_number_, column_, {}});
}

}  // namespace rehydra::codec
