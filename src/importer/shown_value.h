// Job: a value as errors quote it: cut, in C++ and in the SQL that finds it.
// Callers: staging and planning.
#pragma once

#include <string>
#include <string_view>

#include "core/shown_text.h"

namespace rehydra::importer {

constexpr std::size_t shown_value_bytes = 200;

inline std::string shown_value(std::string_view text) {
  return shortened(text, shown_value_bytes);
}

// SQL: an expression's text, a little more of it than is shown.
inline std::string shown_text_of(const std::string& expression) {
  return "pg_catalog.left(" + expression + "::pg_catalog.text, " + std::to_string(shown_value_bytes + 1) + ")";
}

}  // namespace rehydra::importer
