// Job: the text that PostgreSQL would print for a cell's value, which digests are taken over, made from the cell and
// the name of its column's type alone.
// Callers: the command line reader; one object a column.
// Promise: of a cell that the export wrote, exactly the text that went into its digest, also after another program has
// saved the file; of an edited one the value's text where it can be told without a server, else the cell's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/overflow.h"
#include "codec/type_name.h"
#include "core/cell.h"

namespace rehydra::codec {

class CanonicalCell {
 public:
  explicit CanonicalCell(std::string_view type_name) : type_(type_named(type_name)) {}

  // Nothing where the cell holds no value of the type. The view lives until the next call, and as long as the cell.
  // Failure(bad_file) where the cell's long text is damaged.
  std::optional<std::string_view> text(const Cell& cell, bool date1904, OverflowTexts& long_texts);
  // A native cell of a type that we do not know by its name: a number may be a date there.
  bool is_guess(const Cell& cell) const noexcept {
    return type_.column.kind == ColumnClass::other && cell.kind != CellKind::text && cell.kind != CellKind::string;
  }

 private:
  std::optional<std::string_view> integer(const Cell& cell);
  std::optional<std::string_view> decimal(const Cell& cell);
  std::optional<std::string_view> boolean(const Cell& cell);
  std::optional<std::string_view> date(const Cell& cell, bool date1904);
  std::optional<std::string_view> timestamp(const Cell& cell, bool date1904);
  std::optional<std::string_view> bytes(const Cell& cell);

  NamedType type_;
  std::string whole_;
  std::string scratch_;
  std::string made_;
};

}  // namespace rehydra::codec
