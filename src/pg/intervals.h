// Job: what a type of intervals with fewer fields or digits keeps of one.
// Callers: the checks of values whose column's type was another one.
#pragma once

#include <string_view>

#include "pg/types.h"

namespace rehydra::pg {

// Whether the type, or what it is a domain over, keeps less than the text says. False where one of them refuses the
// text.
bool narrows_interval(const Type& type, std::string_view text);

}  // namespace rehydra::pg
