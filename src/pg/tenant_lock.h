// Job: one import a tenant at a time: an advisory lock in a space of its own, held until the transaction ends.
#pragma once

#include <string>

namespace rehydra::pg {

void lock_tenant(const std::string& model, const std::string& customer_id);

}  // namespace rehydra::pg
