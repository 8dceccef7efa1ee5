// Job: texts of a file, and errors, as they may stand on a person's terminal.
// Callers: the commands.
// Promise: no control character of the file reaches the terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace rehydra::tool {

// Control characters as \xNN, so that a file cannot move the cursor or change colours.
std::string for_people(std::string_view text);
// sheet "Accounts", cell B17, column "Revenue"; empty where nothing is known.
std::string place_of(const Location& where);
// Message with its place, detail and hint on lines of their own.
std::string error_text(const Error& error, std::string_view indent);
// "1 row", "2,000 rows".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace rehydra::tool
