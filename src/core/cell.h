// Job: one cell as a workbook holds it, before any column type has looked at it.
// Views point into the reader's buffers and live until its next row is asked for.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rehydra {

enum class CellKind : std::uint8_t {
  blank,     // no value; never delivered by a reader that skips blanks
  boolean,   // text is "0" or "1"
  number,    // text is the decimal as written
  text,      // text is decoded of its container; whether it is a literal is to be asked (codec/literal.h)
  iso_date,  // t="d"
  error,     // text is "#N/A" and the like
  string,    // of a document (json): the text itself, nothing in it is an escape
  decimal,   // of a document (json): a number that means exactly what it says, however many digits it has
};

struct Cell {
  std::uint32_t column = 0;  // from 1
  CellKind kind = CellKind::blank;
  bool formula = false;  // text is then the cached value
  std::string_view text;
};

// What a cell with a formula holds beside its value.
struct Formula {
  std::uint32_t column = 0;
  std::string_view text;  // without the equals sign
};

struct Row {
  std::uint32_t number = 0;       // from 1, as a person sees it
  std::vector<Cell> cells;        // ascending columns (json: in the order of the members), blanks left out
  std::vector<Formula> formulas;  // of cells that have one
  bool stated = false;            // it is a row even where all of its cells are blank (json)
};

}  // namespace rehydra
