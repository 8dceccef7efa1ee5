// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "importer/matching.h"

namespace rehydra::importer {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& message) {
  throw Failure(ErrorKind::bad_argument, message,
                "For example match => '{\"accounts\": [\"external_account_id\", \"account_name\"]}'.");
}

int column_of(const registry::Dataset& dataset, const json& name) {
  if (!name.is_string()) {
    refuse("match of \"" + dataset.name + "\" holds something that is no column");
  }
  const int column = dataset.column_index(name.get<std::string>());
  if (column < 0 || dataset.columns[static_cast<std::size_t>(column)].secret) {
    refuse("match of \"" + dataset.name + "\" names column \"" + name.get<std::string>() + "\", which is not there");
  }
  return column;
}

std::vector<int> key_of(const registry::Dataset& dataset, const json& entry) {
  std::vector<int> key;
  for (const json& name : entry.is_array() ? entry : json::array({entry})) {
    key.push_back(column_of(dataset, name));
  }
  if (key.empty()) {
    refuse("match of \"" + dataset.name + "\" holds an empty key");
  }
  return key;
}

bool is_primary(const registry::Dataset& dataset, std::vector<int> key) {
  std::vector<int> primary = dataset.key;
  for (std::vector<int>* columns : {&primary, &key}) {
    columns->erase(std::remove(columns->begin(), columns->end(), dataset.tenant_column), columns->end());
    std::sort(columns->begin(), columns->end());
  }
  return primary == key;
}

Matching matching_of(const registry::Dataset& dataset, const json& keys) {
  if (!keys.is_array() || keys.empty()) {
    refuse("match of \"" + dataset.name + "\" is not a list of keys");
  }
  if (dataset.keyless()) {
    refuse("rows of \"" + dataset.name + "\" have no key of their own: all their columns tell them apart");
  }
  Matching matching{false, {}, true};
  for (const json& entry : keys) {
    matching.match_keys.push_back(key_of(dataset, entry));
  }
  if (is_primary(dataset, matching.match_keys.front())) {
    matching.by_key = true;
    matching.match_keys.erase(matching.match_keys.begin());
  }
  return matching;
}

}  // namespace

std::map<int, Matching> read_matching(const registry::Model& model, const std::optional<std::string>& text) {
  std::map<int, Matching> all;
  if (!text) {
    return all;
  }
  const json object = json::parse(*text, nullptr, false);
  if (!object.is_object()) {
    refuse("match is a JSON object that names data sets");
  }
  for (const auto& [name, keys] : object.items()) {
    const registry::Dataset* dataset = model.find(name);
    if (dataset == nullptr || (dataset->role != registry::Role::data && dataset->role != registry::Role::own)) {
      refuse("match names data set \"" + name + "\", which is not registered");
    }
    all[static_cast<int>(dataset - model.datasets.data())] = matching_of(*dataset, keys);
  }
  return all;
}

}  // namespace rehydra::importer
