// Job: from a cell (or a snapshot's text) to a datum of the column's type: at once where no server call is needed, else
// by its input function. Promise: no server call in here; what needs one comes back as text for a batch to convert
// under one guard.
#pragma once

#include <string>
#include <string_view>

#include "codec/overflow.h"
#include "core/cell.h"
#include "core/error.h"
#include "pg/memory.h"
#include "pg/types.h"

namespace rehydra::importer {

struct Converted {
  enum class State : std::uint8_t { null, ready, text, bad } state = State::null;
  Datum value = 0;
  char* text = nullptr;  // for the type's input function
  ErrorKind kind = ErrorKind::bad_value;
  std::string message;
  std::string hint;
};

// What to do about a cell that holds no value of the type.
std::string remedy(const pg::Type& type);

class Converter {
 public:
  Converter(codec::OverflowTexts& long_texts, bool date1904) : long_texts_(long_texts), date1904_(date1904) {}

  // Values live in the arena until it is cleared.
  Converted cell(const Cell& cell, const pg::Type& type, pg::Arena& arena);
  // The same for a column that was of another type when the cell was written.
  Converted drifted_cell(const Cell& cell, ColumnClass written, const pg::Type& type, pg::Arena& arena);

 private:
  std::optional<std::string_view> drifted_text(const Cell& cell, const pg::Type& type);
  Converted value(const Cell& cell, const pg::Type& type, pg::Arena& arena);
  Converted text_value(const Cell& cell, const pg::Type& type, pg::Arena& arena);
  Converted time_value(const Cell& cell, const pg::Type& type, pg::Arena& arena);

  codec::OverflowTexts& long_texts_;
  bool date1904_;
  std::string scratch_;
  std::string written_;
};

// A value as a snapshot holds it: the type's own output; may_lose: of a type that may have been another one then.
Converted canonical_value(std::string_view text, bool may_lose, const pg::Type& type, pg::Arena& arena);

}  // namespace rehydra::importer
