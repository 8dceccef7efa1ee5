// Job: named points at which tests make an operation fail, crash or wait (setting rehydra.fault_point, superusers
// only). "name" raises an error, "name:crash" kills the backend as kill -9 does, "name:wait" waits until it is
// cancelled or times out.
#pragma once

namespace rehydra::pg {

void reach_fault_point(const char* name);

}  // namespace rehydra::pg
