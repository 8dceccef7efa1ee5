// Job: the integer types as one.
#pragma once

#include <cstdint>

#include "pg/pg.h"

namespace rehydra::pg {

inline bool is_integer(Oid type) noexcept {
  return type == INT2OID || type == INT4OID || type == INT8OID;
}

// type: one of them.
inline std::int64_t integer_of(Oid type, Datum value) noexcept {
  switch (type) {
    case INT2OID:
      return DatumGetInt16(value);
    case INT4OID:
      return DatumGetInt32(value);
    default:
      return DatumGetInt64(value);
  }
}

}  // namespace rehydra::pg
