// Job: match plain cells and strings.
// Callers: the sheet reader and the shared strings.
// Promise: never looks at or past the end; no state.
#include "codec/cell_scanner.h"

#include <cstddef>
#include <cstring>

#include "codec/plain_text.h"

namespace rehydra::codec {
namespace {

// More than the longest plain start of a cell, so that matching it needs one check of the end.
constexpr std::ptrdiff_t longest_head = 96;
constexpr std::string_view preserve = " xml:space=\"preserve\">";

bool is_digit(char c) noexcept {
  return static_cast<unsigned char>(c - '0') < 10;
}

const char* scan_reference(const char* at, PlainCell& cell) noexcept {
  std::uint32_t column = 0;
  const char* const letters = at;
  while (*at >= 'A' && *at <= 'Z' && at - letters < 3) {
    column = column * 26 + static_cast<std::uint32_t>(*at++ - 'A' + 1);
  }
  const char* const digits = at;
  while (is_digit(*at) && at - digits < 7) {
    ++at;
  }
  cell.column = column;
  cell.row_digits = {digits, at};
  return column == 0 || at == digits ? nullptr : at;
}

const char* scan_type(const char* at, PlainCell& cell) noexcept {
  const char* const name = at;
  while (*at != '"' && at - name < 9) {
    ++at;
  }
  return cell_type({name, at}, cell.type) ? at : nullptr;
}

const char* scan_style(const char* at) noexcept {
  const char* const digits = at;
  while (is_digit(*at) && at - digits < 9) {
    ++at;
  }
  return at == digits ? nullptr : at;
}

// r, s and t in any order, each at most once.
const char* scan_attributes(const char* at, PlainCell& cell) noexcept {
  unsigned seen = 0;
  while (*at == ' ') {
    const char key = at[1];
    const unsigned bit = key == 'r' ? 1U : key == 's' ? 2U : key == 't' ? 4U : 0U;
    if (bit == 0 || (seen & bit) != 0 || at[2] != '=' || at[3] != '"') {
      return nullptr;
    }
    seen |= bit;
    at += 4;
    at = bit == 1 ? scan_reference(at, cell) : bit == 2 ? scan_style(at) : scan_type(at, cell);
    if (at == nullptr || *at++ != '"') {
      return nullptr;
    }
  }
  return at;
}

const char* scan_inline(const char* at, const char* end, PlainCell& cell) noexcept {
  if (!starts(at, "<is><t")) {
    return nullptr;
  }
  at += 6;
  if (*at == '>') {
    ++at;
  } else if (std::memcmp(at, preserve.data(), preserve.size()) == 0) {
    at += preserve.size();
  } else {
    return nullptr;
  }
  return scan_cell_text(at, end, cell);
}

}  // namespace

// By length and letter: this runs for every cell.
bool cell_type(std::string_view name, CellType& type) noexcept {
  if (name.size() == 1) {
    constexpr std::string_view letters = "nsbed";
    constexpr CellType types[] = {CellType::number, CellType::shared, CellType::boolean, CellType::error,
                                  CellType::date};
    const std::size_t at = letters.find(name.front());
    type = at < letters.size() ? types[at] : type;
    return at < letters.size();
  }
  type = name.size() == 3 ? CellType::string : CellType::inline_string;
  return name == (name.size() == 3 ? "str" : "inlineStr");
}

const char* scan_plain_cell(const char* at, const char* end, PlainCell& cell) noexcept {
  if (end - at < longest_head || at[0] != '<' || at[1] != 'c') {
    return nullptr;
  }
  cell = PlainCell();
  at = scan_attributes(at + 2, cell);
  if (at == nullptr) {
    return nullptr;
  }
  if (at[0] == '/' && at[1] == '>') {
    return at + 2;
  }
  if (*at++ != '>') {
    return nullptr;
  }
  if (cell.type == CellType::inline_string) {
    return scan_inline(at, end, cell);
  }
  return starts(at, "<v>") ? scan_cell_text(at + 3, end, cell) : nullptr;
}

const char* scan_plain_string(const char* at, const char* end, std::string_view& text) noexcept {
  if (end - at < longest_head || !starts(at, "<si><t")) {
    return nullptr;
  }
  at += 6;
  if (*at == '>') {
    return scan_text(at + 1, end, "</t></si>", text);
  }
  if (std::memcmp(at, preserve.data(), preserve.size()) != 0) {
    return nullptr;
  }
  return scan_text(at + preserve.size(), end, "</t></si>", text);
}

}  // namespace rehydra::codec
