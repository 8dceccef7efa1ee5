// Job: what a value loses where its column's type has become a narrower one.
// Callers: the conversion of values that were written under another type.
#pragma once

#include <string_view>

#include "pg/types.h"

namespace rehydra::importer {

// Whether the type's input function would take the text and drop a part of it without a word.
bool would_lose(std::string_view text, const pg::Type& type);

}  // namespace rehydra::importer
