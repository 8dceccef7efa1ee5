// Job: the text of a numeric from its stored digits, several times faster than its output function.
// Callers: BatchTexts.
// Promise: byte for byte what numeric_out says, or nothing where the value is unusual (NaN, infinity, very large, very
// small, of many digits, compressed or stored elsewhere): then it is the output function's. Calls nothing of the
// server.
#pragma once

#include "pg/pg.h"

namespace rehydra::pg {

constexpr std::size_t numeric_text_bytes = 64;

// The end of the text, at most numeric_text_bytes; nullptr where the output function is to be asked.
char* put_numeric(char* to, Datum value) noexcept;

}  // namespace rehydra::pg
