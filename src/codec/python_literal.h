// Job: read values that an older export wrote as JSON or in Python's own notation ({'a': True, 'b': None}), as JSON.
// Callers: the importer, for workbooks without a manifest.
// Promise: a strict reader of literals: nothing is evaluated, called or looked up; what is neither notation throws
// Failure(bad_value) that names the character, what is deeper than limits.json_depth or longer than limits.text_bytes
// Failure(limit_exceeded).
#pragma once

#include <string>
#include <string_view>

#include "core/limits.h"

namespace rehydra::codec {

// Takes JSON's and Python's true, false and null; texts in double and single quotes; lists, tuples of any length and
// dictionaries whose keys are texts. Numbers stay as they are written.
std::string json_of_literal(std::string_view text, const Limits& limits);

// The same value has the same text: members by name (of equal names the last), numbers with a fraction or an exponent
// as doubles, no white space.
std::string comparable_literal(std::string_view text, const Limits& limits);

// Whether the text was cut off out of one that means whole, when older programs wrote it: it is no literal, ends where
// one could go on, and says all that whole says up to there, in the same order.
bool is_cut_literal(std::string_view cut, std::string_view whole, const Limits& limits);

// What Python takes for false: null, false, 0, "", [], {}.
bool is_empty_literal(std::string_view text, const Limits& limits);

}  // namespace rehydra::codec
