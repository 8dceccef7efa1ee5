#include <nlohmann/json.hpp>

#include "entry/jobs/request_json.h"

namespace rehydra::entry {

namespace {

using nlohmann::json;

template <class Value>
void put(json& object, const char* name, const std::optional<Value>& value) {
  if (value) {
    object[name] = *value;
  }
}

template <class Value>
std::optional<Value> get(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional<Value>(found->get<Value>());
}

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const exporter::Request& request) {
  json object{{"format", request.format}, {"model", request.model}, {"options", request.options}};
  put(object, "customer_id", request.customer_id);
  put(object, "datasets", request.datasets);
  put(object, "selection", request.selection);
  put(object, "period", request.period);
  put(object, "changed_since", request.changed_since);
  return text_of(object);
}

exporter::Request stored_export(const std::string& text) {
  const json object = json::parse(text);
  exporter::Request request;
  request.format = object.at("format");
  request.model = object.at("model");
  request.options = object.at("options");
  request.customer_id = get<std::string>(object, "customer_id");
  request.datasets = get<std::vector<std::string>>(object, "datasets");
  request.selection = get<std::string>(object, "selection");
  request.period = get<std::string>(object, "period");
  request.changed_since = get<std::string>(object, "changed_since");
  return request;
}

std::string to_json(const importer::Request& request) {
  json object{{"mode", importer::mode_name(request.mode)},
              {"dry_run", request.dry_run},
              {"policy", request.policy},
              {"skip_errors", request.skip_errors},
              {"keep_missing_columns", request.keep_missing_columns},
              {"raise", request.raise},
              {"options", request.options}};
  put(object, "customer_id", request.customer_id);
  put(object, "confirm", request.confirm);
  put(object, "model", request.model);
  put(object, "datasets", request.datasets);
  put(object, "selection", request.selection);
  put(object, "match", request.match);
  put(object, "profile", request.profile);
  put(object, "max_delete", request.max_delete);
  return text_of(object);
}

importer::Request stored_import(const std::string& text) {
  const json object = json::parse(text);
  importer::Request request;
  request.kind = "import";
  request.mode = importer::mode_named(object.at("mode"));
  request.dry_run = object.at("dry_run");
  request.policy = object.at("policy");
  request.skip_errors = object.at("skip_errors");
  request.keep_missing_columns = object.at("keep_missing_columns");
  request.raise = object.at("raise");
  request.options = object.at("options");
  request.customer_id = get<std::string>(object, "customer_id");
  request.confirm = get<std::string>(object, "confirm");
  request.model = get<std::string>(object, "model");
  request.datasets = get<std::vector<std::string>>(object, "datasets");
  request.selection = get<std::string>(object, "selection");
  request.match = get<std::string>(object, "match");
  request.profile = get<std::string>(object, "profile");
  request.max_delete = get<double>(object, "max_delete");
  return request;
}

}  // namespace rehydra::entry
