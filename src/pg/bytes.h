// Job: the bytes of a bytea.
#pragma once

#include <string_view>

#include "pg/guard.h"

namespace rehydra::pg {

// Where they are, if they are stored plainly; otherwise a copy in the current memory context.
inline std::string_view bytes_of(Datum value) {
  const bytea* plain = call([&] { return static_cast<const bytea*>(PG_DETOAST_DATUM_PACKED(value)); });
  return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

}  // namespace rehydra::pg
