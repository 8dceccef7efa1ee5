// Job: the end of a job that rehydra.progress does not show: one that waits, or has just begun.
// Callers: rehydra_cancel, inside of looking().
#pragma once

#include <string>

#include "entry/viewer.h"

namespace rehydra::entry {

// False where there is no such job (that the viewer sees), or it has ended. Failure(denied) where it is not the
// viewer's to end. A waiting one ends with the caller's transaction.
bool cancel_job(const Viewer& viewer, const std::string& operation_id);

}  // namespace rehydra::entry
