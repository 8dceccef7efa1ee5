// Job: a line in the server's log, for what people who operate the server should find there.
#pragma once

#include <string>

namespace rehydra::pg {

void log_line(const std::string& message);

}  // namespace rehydra::pg
