// Job: how a call says that rows are recognised: {"accounts": ["external_account_id", ["name", "region"]]}.
// A list holds keys, tried in turn: a column, or a list of columns. The primary key counts only where it is in the
// list.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "importer/work.h"

namespace rehydra::importer {

// By data set. Failure(bad_argument) for what is not registered, or cannot tell rows apart (secrets).
std::map<int, Matching> read_matching(const registry::Model& model, const std::optional<std::string>& json);

}  // namespace rehydra::importer
