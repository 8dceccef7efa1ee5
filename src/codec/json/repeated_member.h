// Job: whether an object of a JSON text has two members of one name, of which a tree keeps one.
// Callers: the import of values of json into a column that is jsonb by now.
#pragma once

#include <string_view>

namespace rehydra::codec {

// At any depth. False where the text is no JSON.
bool has_repeated_member(std::string_view text);

}  // namespace rehydra::codec
