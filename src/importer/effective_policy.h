// Job: what one import goes by: the model's defaults, the profile's, the customer's own and the call's policies.
// Callers: the operation, when model and tenant are known.
#pragma once

#include <optional>
#include <string>

#include "importer/policy.h"

namespace rehydra::importer {

// given, match: JSON of the call. Failure(bad_argument), or the registry's error 22023, for what is not understood.
Policy effective_policy(const std::string& model, const std::string& customer_id,
                        const std::optional<std::string>& profile, const std::string& given,
                        const std::optional<std::string>& match);

}  // namespace rehydra::importer
