// Job: warnings to the client, from C++.
#pragma once

#include <string>

namespace rehydra::pg {

void warn(int sqlstate, const std::string& message, const std::string& hint);

}  // namespace rehydra::pg
