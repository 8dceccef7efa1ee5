// Job: the hot path: cells and strings in the plain shape that nearly every program writes, matched byte by byte.
// Callers: the sheet reader and the shared strings, on the tokenizer's window.
// Promise: matches only what the tokenizer would read to the same result; everything else is nullptr and left to it.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/plain_text.h"

namespace rehydra::codec {

enum class CellType : std::uint8_t { number, shared, boolean, error, date, string, inline_string };

// The value of a cell's attribute t; false where there is no such type.
bool cell_type(std::string_view name, CellType& type) noexcept;

struct PlainCell {
  std::uint32_t column = 0;     // 0: the cell does not say
  std::string_view row_digits;  // of its reference
  CellType type = CellType::number;
  std::string_view text;  // without references; empty for a blank cell
};

// One whole <c ...>...</c> at the start of the bytes; the byte behind it, or nullptr.
const char* scan_plain_cell(const char* at, const char* end, PlainCell& cell) noexcept;

// The rest of a cell of cell.type from its text on: </v></c>, or </t></is></c>.
inline const char* scan_cell_text(const char* at, const char* end, PlainCell& cell) noexcept {
  return cell.type == CellType::inline_string ? scan_text(at, end, "</t></is></c>", cell.text)
                                              : scan_text(at, end, "</v></c>", cell.text);
}

// One whole <si><t>...</t></si>.
const char* scan_plain_string(const char* at, const char* end, std::string_view& text) noexcept;

}  // namespace rehydra::codec
