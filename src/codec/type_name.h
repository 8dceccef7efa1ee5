// Job: what the name of a type, as a manifest states it ("numeric(15,2)"), says about the cells of its column.
// Callers: whoever reads a file without asking a server what its types are. Promise: names that PostgreSQL prints with
// format_type(); a name of somebody's own is `other`, the type's own text.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/column_class.h"

namespace rehydra::codec {

struct NamedType {
  ColumnType column{ColumnClass::other};
  std::uint8_t bytes = 8;  // of an integer or a floating point number
};

NamedType type_named(std::string_view name);

}  // namespace rehydra::codec
