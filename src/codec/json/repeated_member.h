// Job: whether an object of a JSON text has two members of one name, of which jsonb keeps one.
// Callers: the import of values of json into a column that is jsonb by now.
#pragma once

#include <string_view>

namespace rehydra::codec {

// At any depth; names mean what they say without escapes. Of a text that is no JSON it says anything. Needs twice the
// memory of the text at most.
bool has_repeated_member(std::string_view text);

}  // namespace rehydra::codec
