// Job: see the header.
#include "importer/scope.h"

#include <algorithm>

namespace rehydra::importer {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool can_be_imported(const registry::Model& model, const std::string& name) {
  const registry::Dataset* dataset = model.find(name);
  return dataset != nullptr && (dataset->role == registry::Role::data || dataset->role == registry::Role::own);
}

void check_names(Operation& operation, const std::vector<std::string>& held) {
  for (const std::string& name : held) {
    if (!can_be_imported(*operation.model, name)) {
      operation.errors->warn("data set \"" + name + "\" of the file is not registered: left out");
    }
  }
}

}  // namespace

void require_data_sets(const registry::Model& model, const std::optional<std::vector<std::string>>& wanted) {
  for (const std::string& name : wanted.value_or(std::vector<std::string>())) {
    if (!can_be_imported(model, name)) {
      throw Failure(ErrorKind::bad_argument, "data set \"" + name + "\" is not registered",
                    "SELECT dataset FROM rehydra.datasets;");
    }
  }
}

void choose_scope(Operation& operation, const std::optional<std::vector<std::string>>& wanted,
                  const std::vector<std::string>& held, const registry::Selection* picked) {
  require_data_sets(*operation.model, wanted);
  check_names(operation, held);
  for (int index : operation.model->parents_first) {
    const registry::Dataset& dataset = operation.model->datasets[static_cast<std::size_t>(index)];
    if (contains(held, dataset.name) && (!wanted || contains(*wanted, dataset.name)) &&
        (picked == nullptr || picked->covers(index))) {
      Work work;
      work.dataset = &dataset;
      work.index = index;
      const auto own_mode = operation.policy.modes.find(dataset.name);
      work.mode = own_mode == operation.policy.modes.end() ? operation.mode : own_mode->second;
      const auto own_matching = operation.matching.find(index);
      work.matching =
          own_matching == operation.matching.end() ? Matching{true, dataset.match_keys, false} : own_matching->second;
      operation.works.push_back(std::move(work));
    }
  }
  if (operation.works.empty()) {
    throw Failure(ErrorKind::bad_file, "the file and the call have no data set in common",
                  picked == nullptr ? "Name data sets that the file holds."
                                    : "Name data sets that the file holds, and that hold picked rows or rows below "
                                      "them.");
  }
}

}  // namespace rehydra::importer
