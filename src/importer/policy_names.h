// Job: the names in a call's or a customer's policy, held against the model.
// Callers: the import, rehydra_set_policy.
#pragma once

#include <string>

#include "registry/model.h"

namespace rehydra::importer {

// given: JSON as policy.h says. Failure(bad_argument) for a data set or reference that the model does not have, naming
// those that it has.
void require_known_names(const registry::Model& model, const std::string& given);

}  // namespace rehydra::importer
