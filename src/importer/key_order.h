// Job: read a data set's stored rows beside rows of a store in the order of their key, where that is one integer and
// the store's rows come in its order: a merge instead of a join of all rows with all. Callers: the comparison of a file
// with its table; the proof of what was written.
#pragma once

#include <optional>

#include "importer/own_rows.h"
#include "pg/merged_rows.h"

namespace rehydra::importer {

// The field by whose order `rows` and the table's can be merged; prefix: of the store's columns, "c" or "n".
inline std::optional<std::size_t> merge_key(const Work& work, const pg::Store& rows, const std::string& prefix) {
  const std::vector<std::size_t> keys = work.key_fields();
  if (keys.size() != 1 || work.is_partial() || !rows.rises(prefix + at(keys[0]))) {
    return std::nullopt;
  }
  return keys[0];
}

// o0..: the tenant's rows of the table, or those of them for which a condition holds (" AND ...").
inline std::string stored_in_key_order(const OwnRows& own, const Work& work, std::size_t key,
                                       const std::string& which = {}) {
  return "SELECT " + work.stored_list().substr(2) + " FROM " + work.dataset->rows() + " t WHERE " + own.predicate("t") +
         which + " ORDER BY t." + pg::quote_identifier(work.column(key).name);
}

}  // namespace rehydra::importer
