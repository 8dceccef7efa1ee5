// Job: call the functions that policies name for after an import, and count what they change.
// Callers: applying, when everything is proven, inside the apply subtransaction. Promise: they run as the acting role;
// what they say becomes warnings, what they change side effects by the server's own counters.
#pragma once

#include <string>
#include <vector>

#include "importer/prove.h"

namespace rehydra::importer {

void call_after(Operation& operation, const std::string& operation_id, std::vector<SideEffect>& side_effects);

}  // namespace rehydra::importer
