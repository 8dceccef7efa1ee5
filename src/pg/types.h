// Job: what the importer and the exporter need to know of a column's type: its class, its text and its image.
#pragma once

#include <string>
#include <string_view>

#include "core/column_class.h"
#include "pg/guard.h"

namespace rehydra::pg {

struct Type {
  Oid oid = InvalidOid;
  std::int32_t typmod = -1;
  Oid collation = InvalidOid;
  ColumnType column;  // class and scale of the base type under any domain
  Oid base = InvalidOid;
  std::int32_t base_typmod = -1;
  bool domain = false;
  bool array = false;  // the base type
  bool by_value = false;
  std::int16_t length = 0;
  FmgrInfo input{};
  FmgrInfo output{};
  Oid io_parameter = InvalidOid;
  std::string name;       // format_type with typmod
  std::string base_name;  // the same of what a domain is over; empty for other types
  std::string equals;     // its equality by name, "OPERATOR(pg_catalog.=)", whatever the search_path is
};

// Looks the type up; the function look-ups live in memory. Not guarded per call afterwards: see the three below.
Type lookup_type(Oid oid, std::int32_t typmod, Oid collation, MemoryContext memory);

// "left = right" by the operator of the type that is not PostgreSQL's own, if one is (citext, ltree).
std::string equal_sql(const Type& left, const std::string& left_sql, const Type& right, const std::string& right_sql);

// Server calls that may raise: only inside a guard.
inline char* output_text(const Type& type, Datum value) {
  return OutputFunctionCall(const_cast<FmgrInfo*>(&type.output), value);
}
inline Datum input_value(const Type& type, char* text) {
  return InputFunctionCall(const_cast<FmgrInfo*>(&type.input), text, type.io_parameter, type.typmod);
}

// Equality of stored images (json and 1.0/1.00 differ where = has no answer). May detoast: only inside a guard.
inline bool same_image(const Type& type, Datum left, Datum right) {
  return datum_image_eq(left, right, type.by_value, type.length);
}

// The same image, or images that the type writes the same: an array keeps room for NULLs that it no longer has, a
// composite keeps marks of the row that it was taken from. Canonical output is set. Only inside a guard.
inline bool same_value(const Type& type, Datum left, Datum right) {
  return same_image(type, left, right) || (type.column.kind == ColumnClass::other && !type.by_value &&
                                           strcmp(output_text(type, left), output_text(type, right)) == 0);
}

}  // namespace rehydra::pg
