// Job: decide whether a decimal's text may stand in a workbook as a number.
// Callers: the row writer.
// Promise: true only where a program that keeps 15 significant digits gives the same value back, and the type the same
// text.
#pragma once

#include <string_view>

namespace rehydra::codec {

// fixed_scale: the column's type gives the digits behind the point, so trailing zeros need not survive.
bool is_native_decimal(std::string_view text, bool fixed_scale) noexcept;

}  // namespace rehydra::codec
