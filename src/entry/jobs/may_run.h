// Job: whether a role may do what a job does: the same function privilege as for the direct call.
// Callers: entry/jobs/submit.cpp, for who submits; entry/jobs/worker.cpp, when the job runs.
#pragma once

#include <string>

namespace rehydra::entry {

// Failure(denied) where the current user may not call rehydra_export, rehydra_import. Names are PostgreSQL's own.
void require_execute(const std::string& action);

}  // namespace rehydra::entry
