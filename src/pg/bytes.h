// Job: the bytes of a bytea.
#pragma once

#include <string_view>

#include "pg/pg.h"

namespace rehydra::pg {

// Where they are, if they are stored plainly; otherwise a copy in the current memory context.
std::string_view bytes_of(Datum value);

}  // namespace rehydra::pg
