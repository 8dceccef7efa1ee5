// Job: a condition by which the server finds the few rows that a plan changes by their key's index, instead of reading
// all of the tenant's: its statistics say nothing of a store, nor of a tenant that came a moment ago.
// Callers: the statements that lock, update, delete and prove. Promise: no other rows qualify than without it, as it
// follows from the join with the plan.
#pragma once

#include <string>

#include "importer/work.h"

namespace rehydra::importer {

// " AND t.key = ANY (...)" of table rows t. key: the prefix of the plan's key, "o" or "n"; which: the plan's rows p;
// rows: how many those are. Empty where they are many, or the key is not one column of a plain type.
inline std::string among_few(const Work& work, const std::string& key, const std::string& which, std::uint64_t rows) {
  constexpr std::uint64_t worth_it = 4;  // an index look-up costs about as much as four rows in a row
  constexpr std::uint64_t few_of_a_part = 5'000;
  const std::vector<std::size_t> fields = work.key_fields();
  const bool few = work.is_partial() ? rows <= few_of_a_part : rows <= work.counts.before / worth_it;
  if (!few || rows == 0 || fields.size() != 1) {
    return {};
  }
  const registry::Column& column = work.column(fields[0]);
  if (column.type.domain || column.type.array) {
    return {};  // an array of arrays is one of their elements
  }
  return " AND t." + pg::quote_identifier(column.name) + " " + column.type.equals + " ANY (ARRAY(SELECT p." + key +
         at(fields[0]) + " FROM " + work.plan->name() + " p WHERE " + which + "))";
}

}  // namespace rehydra::importer
