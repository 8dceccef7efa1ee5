// Job: what a type of intervals with fewer fields or digits keeps of one.
// Callers: the checks of values whose column's type was another one.
#pragma once

#include <string_view>

#include "pg/types.h"

namespace rehydra::pg {

// Whether the type, or what it is a domain over, keeps less than the text says. False where it refuses the text. No
// code of the application's runs: a domain's checks are not asked.
bool narrows_interval(const Type& type, std::string_view text);

}  // namespace rehydra::pg
