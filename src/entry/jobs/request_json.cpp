#include <nlohmann/json.hpp>

#include "entry/jobs/request_json.h"

namespace rehydra::entry {

namespace {

using nlohmann::json;

template <class Value>
constexpr bool may_be_absent = false;
template <class Value>
constexpr bool may_be_absent<std::optional<Value>> = true;

// The fields of a request under their names: the one list for both ways.
template <class Request, class Visit>
void visit_export(Request& request, Visit visit) {
  visit("format", request.format);
  visit("model", request.model);
  visit("options", request.options);
  visit("customer_id", request.customer_id);
  visit("datasets", request.datasets);
  visit("selection", request.selection);
  visit("period", request.period);
  visit("changed_since", request.changed_since);
}

template <class Request, class Visit>
void visit_import(Request& request, Visit visit) {
  visit("dry_run", request.dry_run);
  visit("policy", request.policy);
  visit("skip_errors", request.skip_errors);
  visit("keep_missing_columns", request.keep_missing_columns);
  visit("raise", request.raise);
  visit("options", request.options);
  visit("customer_id", request.customer_id);
  visit("confirm", request.confirm);
  visit("model", request.model);
  visit("datasets", request.datasets);
  visit("selection", request.selection);
  visit("match", request.match);
  visit("profile", request.profile);
  visit("max_delete", request.max_delete);
}

struct Writer {
  json& object;

  template <class Value>
  void operator()(const char* name, const Value& value) const {
    if constexpr (!may_be_absent<Value>) {
      object[name] = value;
    } else if (value) {
      object[name] = *value;
    }
  }
};

struct Reader {
  const json& object;

  template <class Value>
  void operator()(const char* name, Value& value) const {
    if constexpr (!may_be_absent<Value>) {
      object.at(name).get_to(value);
    } else if (const auto found = object.find(name); found != object.end()) {
      value = found->template get<typename Value::value_type>();
    }
  }
};

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const exporter::Request& request) {
  json object;
  visit_export(request, Writer{object});
  return text_of(object);
}

exporter::Request stored_export(const std::string& text) {
  const json object = json::parse(text);
  exporter::Request request;
  visit_export(request, Reader{object});
  return request;
}

std::string to_json(const importer::Request& request) {
  json object{{"mode", importer::mode_name(request.mode)}};
  visit_import(request, Writer{object});
  return text_of(object);
}

importer::Request stored_import(const std::string& text) {
  const json object = json::parse(text);
  importer::Request request;
  request.kind = "import";
  request.mode = importer::mode_named(object.at("mode"));
  visit_import(request, Reader{object});
  return request;
}

}  // namespace rehydra::entry
