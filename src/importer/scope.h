// Job: which data sets an import works on: what the call names, the file holds and the registry knows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importer/work.h"
#include "registry/selection.h"

namespace rehydra::importer {

// The first of the two refusals of choose_scope, without a file.
void require_data_sets(const registry::Model& model, const std::optional<std::vector<std::string>>& wanted);

// Fills operation.works, parents first. wanted: the call's names, all for nullopt; held: the source's; picked: rows
// that the call picked, nullptr for all. Failure(bad_argument) for a name that is not registered, Failure(bad_file)
// where nothing is left.
void choose_scope(Operation& operation, const std::optional<std::vector<std::string>>& wanted,
                  const std::vector<std::string>& held, const registry::Selection* picked);

}  // namespace rehydra::importer
