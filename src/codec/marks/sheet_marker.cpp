#include "codec/marks/sheet_marker.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/column_name.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

// What stands behind the drawing of comments, as the standard orders a sheet's elements.
constexpr std::string_view behind_drawing[] = {"legacyDrawingHF", "drawingHF", "picture",
                                               "oleObjects",      "controls",  "webPublishItems",
                                               "tableParts",      "extLst",    "AlternateContent"};

std::uint32_t number_of(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint32_t column_of(std::string_view reference) {
  std::uint32_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') {
      break;
    }
    column = column * 26 + static_cast<std::uint32_t>(c - 'A' + 1);
  }
  return column;
}

bool is_true(std::string_view value) {
  return value == "1" || value == "true";
}

}  // namespace

SheetMarker::SheetMarker(std::unique_ptr<ByteSource> part, const Limits& limits, const SheetChanges& changes,
                         Styles& styles, DrawingPlace& place, std::string& out)
    : part_(std::move(part)),
      copy_(*part_, limits, out),
      changes_(changes),
      styles_(styles),
      place_(place),
      next_row_(changes.marks.begin()),
      end_row_(changes.marks.end()) {}

bool SheetMarker::step() {
  switch (copy_.next()) {
    case XmlToken::start:
      start();
      return true;
    case XmlToken::end:
      end();
      return true;
    case XmlToken::text:
      copy_.keep();
      return true;
    default:
      return false;
  }
}

void SheetMarker::start() {
  const XmlTokenizer& token = copy_.token();
  if (data_depth_ != 0 && token.depth() == data_depth_ + 1 && copy_.starts("row")) {
    start_row();
  } else if (data_depth_ != 0 && token.depth() == data_depth_ + 2 && copy_.starts("c")) {
    start_cell();
  } else if (copy_.starts("sheetData")) {
    data_depth_ = token.depth();
    prefix_ = prefix_of(token.raw());
    copy_.keep_open();
  } else if (copy_.starts("sheetView") && is_true(token.attribute("tabSelected"))) {
    copy_.put(without_attribute(token.raw(), "tabSelected"));
  } else {
    if (copy_.starts("col")) {
      note_column();
    } else if (token.depth() == 2) {
      see_drawing();
    }
    copy_.keep();
  }
}

void SheetMarker::end() {
  const std::size_t depth = copy_.token().depth();  // of the element around
  if (data_depth_ != 0 && depth == data_depth_ && copy_.starts("row")) {
    put_cells_before(max_sheet_columns + 1);
    marks_ = nullptr;
  } else if (data_depth_ != 0 && depth + 1 == data_depth_) {
    put_rows_before(max_sheet_rows + 1);
    data_depth_ = 0;
  } else if (depth == 0) {
    put_drawing();
  }
  copy_.keep();
}

void SheetMarker::start_row() {
  const XmlTokenizer& token = copy_.token();
  const std::string_view stated = token.attribute("r");
  const std::uint32_t row = stated.empty() ? row_ + 1 : number_of(stated);
  row_has_style_ = is_true(token.attribute("customFormat"));
  row_style_ = number_of(token.attribute("s"));
  put_rows_before(row);
  row_ = row;
  column_ = 0;
  if (next_row_ == end_row_ || next_row_->first != row) {
    copy_.keep();
    return;
  }
  marks_ = &next_row_->second;
  next_cell_ = marks_->begin();
  ++next_row_;
  // It may get cells that its spans do not tell of; they are a hint, and may be left out.
  copy_.keep_open_as(without_attribute(token.raw(), "spans"));
}

void SheetMarker::start_cell() {
  const XmlTokenizer& token = copy_.token();
  const std::string_view stated = token.attribute("r");
  column_ = stated.empty() ? column_ + 1 : column_of(stated);
  put_cells_before(column_);
  const std::uint32_t style = number_of(token.attribute("s"));
  if (marks_ != nullptr && next_cell_ != marks_->end() && next_cell_->first == column_) {
    ++next_cell_;
    copy_.put(with_attribute(token.raw(), "s", std::to_string(styles_.marked(style))));
  } else if (!changes_.cleared.empty() && changes_.cleared.contains({row_, column_})) {
    copy_.put(with_attribute(token.raw(), "s", std::to_string(styles_.cleared(style))));
  } else {
    copy_.keep();
  }
}

void SheetMarker::put_rows_before(std::uint32_t row) {
  for (; next_row_ != end_row_ && next_row_->first < row; ++next_row_) {
    const bool had_style = std::exchange(row_has_style_, false);
    row_ = next_row_->first;
    marks_ = &next_row_->second;
    next_cell_ = marks_->begin();
    copy_.put("<" + prefix_ + "row r=\"" + std::to_string(row_) + "\">");
    put_cells_before(max_sheet_columns + 1);
    copy_.put("</" + prefix_ + "row>");
    marks_ = nullptr;
    row_has_style_ = had_style;
  }
}

void SheetMarker::put_cells_before(std::uint32_t column) {
  for (; marks_ != nullptr && next_cell_ != marks_->end() && next_cell_->first < column; ++next_cell_) {
    const std::uint32_t style = row_has_style_ ? row_style_ : style_of_column(next_cell_->first);
    copy_.put("<" + prefix_ + "c r=\"" + column_name(next_cell_->first) + std::to_string(row_) + "\" s=\"" +
              std::to_string(styles_.marked(style)) + "\"/>");
  }
}

void SheetMarker::note_column() {
  const XmlTokenizer& token = copy_.token();
  if (token.attribute("style").data() != nullptr) {
    column_styles_.push_back(
        {number_of(token.attribute("min")), number_of(token.attribute("max")), number_of(token.attribute("style"))});
  }
}

std::uint32_t SheetMarker::style_of_column(std::uint32_t column) const {
  const auto found = std::find_if(column_styles_.begin(), column_styles_.end(),
                                  [&](const ColumnStyle& one) { return one.first <= column && column <= one.last; });
  return found == column_styles_.end() ? 0 : found->style;
}

// Of the elements right below the root.
void SheetMarker::see_drawing() {
  const XmlTokenizer& token = copy_.token();
  if (copy_.starts("legacyDrawing")) {
    for (const XmlAttribute& attribute : token.attributes()) {
      if (attribute.name == "id" && !attribute.prefix.empty()) {
        place_.found_id = attribute.value;
      }
    }
    drawing_done_ = true;
  } else if (std::find(std::begin(behind_drawing), std::end(behind_drawing), token.name()) !=
             std::end(behind_drawing)) {
    put_drawing();
  }
}

void SheetMarker::put_drawing() {
  if (!drawing_done_ && !place_.new_id.empty()) {
    copy_.put("<" + prefix_ + "legacyDrawing xmlns:r=\"" + place_.new_uri + "\" r:id=\"" + place_.new_id + "\"/>");
  }
  drawing_done_ = true;
}

}  // namespace rehydra::codec
