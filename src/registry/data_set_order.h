// Job: the order in which data sets are written: what is referred to before what refers to it.
// Caller: load(). Promise: where data sets refer to each other in a circle, it is cut at a reference that may be NULL,
// whose rows are linked by updates once all are there; where none may be, anywhere but between a row and the one that
// leads it to its tenant.
#pragma once

#include <vector>

#include "registry/model.h"

namespace rehydra::registry {

// Data and own data sets alone.
std::vector<int> order_parents_first(const Model& model);

}  // namespace rehydra::registry
