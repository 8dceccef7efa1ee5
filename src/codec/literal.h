// Job: the one escape of text cells: a text cell that is exactly one JSON string literal means that string.
// Callers: the cell writer (encode where needed) and the cell reader (decode always).
// Promise: decode(encode(x)) == x for every UTF-8 string, and encode() leaves all ordinary text as it is.
#pragma once

#include <string>
#include <string_view>

namespace rehydra::codec {

// True where the bare text would not come back from every program (docs/programs.md): '' itself, carriage returns,
// control characters other than tab and line feed, DEL, U+FEFF, U+FFFD to U+FFFF, _xHHHH_ patterns, text that itself
// starts and ends with a quote, and text that starts like an overflow token.
bool needs_literal(std::string_view text);

// Appends the JSON string literal of text (quotes included) to out; only what must be escaped is (\uHHHH for controls,
// U+FEFF, U+FFFD to U+FFFF and the underscore that starts an _xHHHH_ pattern, \r, \n, \t, \", \\), so that people can
// still read it.
void append_literal(std::string& out, std::string_view text);

// The string that a text cell means. Where it is not exactly one valid JSON string literal, the view comes back
// unchanged. The result may point into scratch.
std::string_view literal_value(std::string_view cell, std::string& scratch);

// Appends what stands between the quotes of a JSON string; false where that is no valid one (lone surrogates, raw
// controls).
bool append_decoded(std::string& out, std::string_view body);

// A bare U+FFFD, which no export writes: a program put it where it could not keep a character.
bool has_lost_character(std::string_view cell) noexcept;

}  // namespace rehydra::codec
