// Job: ISO 8601 dates and times as text cells hold them.
// Callers: the cell reader.
// Promise: reads the shapes that our own writer makes and t="d" cells have; leaves all others to the type's input
// function.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/cell_reader.h"

namespace rehydra::codec {

// YYYY-MM-DD, and behind it [ T]HH:MM:SS[.f to .ffffff][Z] or nothing (midnight). Microseconds since 2000-01-01.
Native parse_iso_time(std::string_view text, std::int64_t& micros);

}  // namespace rehydra::codec
