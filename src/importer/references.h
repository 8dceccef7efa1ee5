// Job: what becomes of rows whose references lead nowhere, as the policy says: refused, blanked, left out, taken away,
// or given to another parent.
// Callers: the checks of references (resolve.cpp), a data set at a time.
#pragma once

#include "importer/work.h"

namespace rehydra::importer {

// The policy's answer for rows of work whose reference leads nowhere. Failure(bad_argument) where it asks for NULL in a
// column that takes none.
OnMissing choice_for(const Operation& operation, const Work& work, const registry::Reference& reference,
                     const std::vector<std::size_t>& fields);

struct Settled {
  std::size_t field = 0;
  std::string parent;
  OnMissing choice = OnMissing::reject;
};
void carry_out(Operation& operation, Work& work, const Settled& settled, const std::vector<std::int64_t>& rows);

bool attaches(const Operation& operation, const Work& work, const registry::Reference& reference,
              const std::vector<std::size_t>& fields);
// which: SQL over staged rows s. Failure(bad_argument) where the policy names no row that takes them in.
void attach_orphans(Operation& operation, Work& work, const registry::Reference& reference, std::size_t field,
                    const std::string& which);

}  // namespace rehydra::importer
