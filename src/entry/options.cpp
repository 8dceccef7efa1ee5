#include "entry/options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace rehydra::entry {

namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Failure(ErrorKind::bad_argument, message, hint);
}

[[noreturn]] void wrong_kind(const char* key, const char* wanted) {
  refuse("option \"" + std::string(key) + "\" must be " + wanted, "Leave it out for the default.");
}

}  // namespace

Options::Options(const std::string& json, std::initializer_list<const char*> known)
    : object_(std::make_shared<nlohmann::json>(nlohmann::json::parse(json, nullptr, false))) {
  if (!object_->is_object()) {
    refuse("options must be a JSON object", "For example '{}'.");
  }
  std::string names;
  for (const char* name : known) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  for (const auto& [key, ignored] : object_->items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse("unknown option \"" + key + "\"", "Options: " + names + ".");
    }
  }
}

const nlohmann::json* Options::value(const char* key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Options::text(const char* key) const {
  const nlohmann::json* found = value(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (!found->is_string()) {
    wrong_kind(key, "a string");
  }
  return found->get<std::string>();
}

std::optional<double> Options::number(const char* key) const {
  const nlohmann::json* found = value(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (!found->is_number()) {
    wrong_kind(key, "a number");
  }
  return found->get<double>();
}

std::string Options::object(const char* key) const {
  const nlohmann::json* found = value(key);
  if (found == nullptr) {
    return "{}";
  }
  if (!found->is_object()) {
    wrong_kind(key, "an object");
  }
  return found->dump();
}

bool Options::flag(const char* key) const {
  const nlohmann::json* found = value(key);
  if (found == nullptr) {
    return false;
  }
  if (!found->is_boolean()) {
    wrong_kind(key, "true or false");
  }
  return found->get<bool>();
}

}  // namespace rehydra::entry
