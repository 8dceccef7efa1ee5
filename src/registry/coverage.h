// Job: refuse work while nobody has decided about every table and column of the database (rehydra.strict_coverage).
// Caller: the exporter, before it reads. Promise: Failure(not_registered) that names what is undecided.
#pragma once

namespace rehydra::registry {

void require_coverage();

}  // namespace rehydra::registry
