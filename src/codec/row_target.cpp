// Job: make the constant XML of a column's cells.
// Callers: the workbook writer, when a sheet begins.
// Promise: a style number is written wherever it is not 0 (general); readers tell dates from numbers by it.
#include "codec/row_target.h"

#include <stdexcept>

#include "core/column_name.h"

namespace rehydra::codec {
namespace {

std::string after_reference(std::int32_t style, std::string_view rest) {
  std::string text = "\"";
  if (style != 0) {
    text += " s=\"" + std::to_string(style) + "\"";
  }
  return text += rest;
}

}  // namespace

template <std::size_t Size>
Padded<Size>::Padded(std::string_view text) : size(text.size()) {
  if (text.size() > Size) {
    throw std::length_error("constant XML is longer than its slot");
  }
  std::memcpy(bytes.data(), text.data(), text.size());
}

template struct Padded<16>;
template struct Padded<32>;
template struct Padded<64>;

CellTemplate::CellTemplate(std::uint32_t column, const ColumnType& type, const CellStyles& styles)
    : kind(type.kind),
      fixed_scale(type.kind == ColumnClass::numeric && type.scale >= 0),
      start("<c r=\"" + column_name(column)),
      number(after_reference(styles.native, "><v>")),
      boolean(after_reference(styles.native, " t=\"b\"><v>")),
      text(after_reference(styles.text, " t=\"inlineStr\"><is><t xml:space=\"preserve\">")) {}

}  // namespace rehydra::codec
