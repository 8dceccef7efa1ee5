// Job: which texts a spreadsheet program would take for something else when it opens a csv file.
// Callers: the row writer of csv.
// Promise: what is not held back here is shown, and saved again, as the text that it is; what is gets written as a JSON
// string literal (codec/literal.h), which no program takes for a formula, a number or a date.
#pragma once

#include <cstddef>
#include <string_view>

namespace rehydra::codec {

// A formula: = + - @ (also in full width) behind any white space, or white space that programs strip.
bool looks_like_formula(std::string_view text) noexcept;

// A number, date, time, percentage, amount of money or truth value, in the ways of writing that are common.
bool looks_like_value(std::string_view text) noexcept;

// Numbers of up to so many characters, the sign left out, are shown and saved in full by every program.
constexpr std::size_t most_shown_characters = 11;

}  // namespace rehydra::codec
