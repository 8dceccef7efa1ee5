// Job: keys for new rows: which column of a key the database gives out, and values that no row has.
#pragma once

#include <optional>

#include "importer/work.h"

namespace rehydra::importer {

// The key field that the database gives out; nullopt where the key is not one such column.
std::optional<std::size_t> given_out(const Work& work);

// Which rows of the relation (alias b) are numbered, by nth counted among them; empty: those without a key, by their r.
struct Numbered {
  std::string which = {};
  std::int64_t above = 0;  // none of them is lower
};

// SQL: a value above every key that is stored or comes, where the type ends before in the highest gap between them;
// nth: SQL of a number from 1; for uuids one that no row has, the same for the same rows. relation's values have that
// prefix. Failure(duplicate_key) for types that cannot be counted, Failure(limit_exceeded) with the place of the first
// row that no number is left for.
std::string free_key(const Operation& operation, const Work& work, std::size_t field, const std::string& relation,
                     const std::string& prefix, const std::string& nth, const Numbered& rows = {});

}  // namespace rehydra::importer
