// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "importer/policy_names.h"

namespace rehydra::importer {

namespace {

using nlohmann::json;
using registry::Dataset;

[[noreturn]] void refuse(const std::string& policy, const std::string& what, const std::string& known) {
  throw Failure(ErrorKind::bad_argument, "policy \"" + policy + "\" names " + what,
                known.empty() ? "There are none." : "There are: " + known + ".");
}

std::string names_of(const registry::Model& model) {
  std::string names;
  for (const Dataset& dataset : model.datasets) {
    if (dataset.role != registry::Role::left_out) {
      names += (names.empty() ? "" : ", ") + dataset.name;
    }
  }
  return names;
}

void require_dataset(const registry::Model& model, const std::string& policy, const std::string& name) {
  if (model.find(name) == nullptr) {
    refuse(policy, "data set \"" + name + "\", which is not registered", names_of(model));
  }
}

// By its name, or by one of its columns.
bool has_reference(const Dataset& dataset, const std::string& name) {
  for (const registry::Reference& reference : dataset.references) {
    if (reference.name == name) {
      return true;
    }
    for (const int column : reference.columns) {
      if (dataset.columns[static_cast<std::size_t>(column)].name == name) {
        return true;
      }
    }
  }
  return false;
}

std::string references_of(const Dataset& dataset) {
  std::string names;
  for (const registry::Reference& reference : dataset.references) {
    names += (names.empty() ? "" : ", ") + dataset.name + "." + reference.name;
  }
  return names;
}

void require_reference(const registry::Model& model, const std::string& name) {
  const Dataset* owner = nullptr;
  for (const Dataset& dataset : model.datasets) {
    if (name.starts_with(dataset.name + ".")) {
      if (has_reference(dataset, name.substr(dataset.name.size() + 1))) {
        return;
      }
      owner = &dataset;
    }
  }
  if (owner == nullptr) {
    refuse("references", "\"" + name + "\", which is no data set's reference (\"data set.column\")", names_of(model));
  }
  refuse("references", "reference \"" + name + "\", which is not there", references_of(*owner));
}

}  // namespace

void require_known_names(const registry::Model& model, const std::string& given) {
  const json policy = json::parse(given, nullptr, false);
  const auto each = [&](const char* name, const auto& require) {
    const auto found = policy.is_object() ? policy.find(name) : policy.end();
    if (found != policy.end() && found->is_object()) {
      for (const auto& one : found->items()) {
        require(one.key());
      }
    }
  };
  each("modes", [&](const std::string& name) { require_dataset(model, "modes", name); });
  each("attach_to", [&](const std::string& name) { require_dataset(model, "attach_to", name); });
  each("references", [&](const std::string& name) { require_reference(model, name); });
}

}  // namespace rehydra::importer
