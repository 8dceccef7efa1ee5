// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "importer/policy.h"
#include "importer/work.h"

namespace rehydra::importer {

namespace {

using nlohmann::json;

template <class Value>
using Choices = std::vector<std::pair<const char*, Value>>;

const Choices<Mode>& modes() {
  static const Choices<Mode> choices = {{"replace", Mode::replace}, {"merge", Mode::merge}, {"insert", Mode::insert}};
  return choices;
}

const Choices<OnMissing>& on_missing() {
  static const Choices<OnMissing> choices = {{"reject", OnMissing::reject},
                                             {"null", OnMissing::set_null},
                                             {"skip", OnMissing::skip},
                                             {"delete", OnMissing::remove}};
  return choices;
}

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Failure(ErrorKind::bad_argument, message, hint);
}

template <class Value>
Value choose(const std::string& what, const std::string& given, const Choices<Value>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (given == name) {
      return value;
    }
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  refuse("unknown " + what + " \"" + given + "\"", "Choices: " + names + ".");
}

std::string text_of(const std::string& what, const json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number()) {
    return value.dump();
  }
  refuse("policy \"" + what + "\" must be a text", "Look at the documentation of rehydra_import.");
}

template <class Value>
void read_choice(const json& object, const char* name, const Choices<Value>& choices, Value& to) {
  if (const auto found = object.find(name); found != object.end() && !found->is_null()) {
    to = choose("policy \"" + std::string(name) + "\" choice", text_of(name, *found), choices);
  }
}

// {"name": ..., ...} of an object of texts.
template <class Take>
void read_map(const json& object, const char* name, Take take) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) {
    return;
  }
  if (!found->is_object()) {
    refuse("policy \"" + std::string(name) + "\" must be an object", "For example {\"data set\": \"choice\"}.");
  }
  for (const auto& [key, value] : found->items()) {
    take(key, text_of(std::string(name) + "." + key, value));
  }
}

void require_known(const json& object) {
  static const std::vector<std::string> known = {
      "orphans", "missing_references", "references", "attach_to", "conflicts", "triggers",
      "modes",   "reject_limit",       "match",      "adjust",    "after",     "list_changes",
      "fixed"};
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string names;
      for (const std::string& one : known) {
        names += (names.empty() ? "" : ", ") + one;
      }
      refuse("unknown policy \"" + name + "\"", "Policies: " + names + ".");
    }
  }
}

std::vector<std::string> read_list(const json& object, const char* name) {
  std::vector<std::string> list;
  if (const auto found = object.find(name); found != object.end()) {
    if (!found->is_array()) {
      refuse("policy \"" + std::string(name) + "\" must be a list", "For example [\"...\"].");
    }
    for (const json& one : *found) {
      list.push_back(text_of(name, one));
    }
  }
  return list;
}

Adjustment read_adjustment(const json& object) {
  Adjustment one;
  one.dataset = text_of("adjust", object.value("dataset", json()));
  one.where = text_of("adjust", object.value("where", json()));
  one.says = text_of("adjust", object.value("says", json()));
  read_map(object, "set", [&](const std::string& column, const std::string& sql) { one.set[column] = sql; });
  one.some_only = object.contains("only");
  one.only = read_list(object, "only");
  one.except = read_list(object, "except");
  return one;
}

void read_effects(const json& object, Policy& policy) {
  if (const auto match = object.find("match"); match != object.end()) {
    policy.match = match->dump();
  }
  if (const auto adjust = object.find("adjust"); adjust != object.end()) {
    for (const json& one : *adjust) {
      policy.adjust.push_back(read_adjustment(one));
    }
  }
  policy.after = read_list(object, "after");
  if (const auto listed = object.find("list_changes"); listed != object.end()) {
    for (const auto& one : listed->items()) {
      policy.list_changes[one.key()] = read_list(*listed, one.key().c_str());
    }
  }
  read_map(object, "fixed", [&](const std::string& dataset, const std::string& choice) {
    policy.fixed[dataset] =
        choose<OnFixed>("policy \"fixed\" choice", choice, {{"keep", OnFixed::keep}, {"reject", OnFixed::reject}});
  });
}

}  // namespace

Mode mode_named(const std::string& name) {
  return choose("mode", name, modes());
}

const char* mode_name(Mode mode) noexcept {
  for (const auto& [name, value] : modes()) {
    if (value == mode) {
      return name;
    }
  }
  return "";
}

bool Policy::leaves_rows_out() const noexcept {
  const auto out = [](OnMissing choice) { return choice == OnMissing::skip || choice == OnMissing::remove; };
  return skip_errors || orphans == OnOrphan::skip || out(missing_references) ||
         std::any_of(references.begin(), references.end(), [&](const auto& one) { return out(one.second); }) ||
         std::any_of(fixed.begin(), fixed.end(), [](const auto& one) { return one.second == OnFixed::keep; });
}

Policy read_policy(const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) {
    refuse("a policy must be a JSON object", "For example {\"orphans\": \"skip\"}.");
  }
  require_known(object);
  Policy policy;
  read_choice(object, "orphans", {{"reject", OnOrphan::reject}, {"skip", OnOrphan::skip}, {"attach", OnOrphan::attach}},
              policy.orphans);
  read_choice(object, "missing_references", on_missing(), policy.missing_references);
  read_choice(object, "conflicts",
              {{"file", OnConflict::file}, {"database", OnConflict::database}, {"reject", OnConflict::reject}},
              policy.conflicts);
  read_choice(object, "triggers", {{"report", false}, {"refuse", true}}, policy.refuse_triggers);
  read_map(object, "references", [&](const std::string& reference, const std::string& choice) {
    policy.references[reference] = choose("policy for reference \"" + reference + "\"", choice, on_missing());
  });
  read_map(object, "attach_to",
           [&](const std::string& dataset, const std::string& key) { policy.attach_to[dataset] = key; });
  read_map(object, "modes",
           [&](const std::string& dataset, const std::string& mode) { policy.modes[dataset] = mode_named(mode); });
  if (const auto limit = object.find("reject_limit"); limit != object.end()) {
    if (!limit->is_number_unsigned()) {
      refuse("policy \"reject_limit\" must be a number from 0", "1000 is the default.");
    }
    policy.reject_limit = limit->get<std::uint64_t>();
  }
  read_effects(object, policy);
  return policy;
}

}  // namespace rehydra::importer
