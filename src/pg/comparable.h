// Job: whether a type's values can be told apart and ordered by the server.
// Callers: the importer, before it names columns in statements that do. Promise: asks the type's default operators,
// those of what an array or a domain holds included.
#pragma once

#include "pg/types.h"

namespace rehydra::pg {

bool is_comparable(const Type& type);

}  // namespace rehydra::pg
