// Job: the families of column types that a cell is written and read by (the type decides, never the look of a cell).
// The server side maps each PostgreSQL type to one; everything it does not know is `text`.
#pragma once

#include <cstdint>

namespace rehydra {

enum class ColumnClass : std::uint8_t {
  integer,   // int2, int4, int8
  numeric,   // exact decimals; scale says whether trailing zeros are given by the type
  floating,  // float4, float8
  boolean,
  date,
  timestamp,    // without time zone
  timestamptz,  // instants, shown in UTC
  bytea,        // base64 in cells
  text,         // strings
  other,        // json, enumerations, arrays, ranges, uuid, ...: the type's own text
};

// What a cell's format and conversion need to know of a column.
struct ColumnType {
  ColumnClass kind = ColumnClass::text;
  int scale = -1;  // numeric: digits behind the point fixed by the type, -1 = unconstrained
};

}  // namespace rehydra
