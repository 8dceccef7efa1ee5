// Job: the options argument of an operation.
// Promise: unknown keys and values of a wrong kind are refused by name; JSON null means the key is not given.
#pragma once

#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace rehydra::entry {

class Options {
 public:
  // Failure(bad_argument) naming the key that is not known, and those that are.
  Options(const std::string& json, std::initializer_list<const char*> known);

  // Failure(bad_argument) where the value is of another kind.
  std::optional<std::string> text(const char* key) const;
  std::optional<double> number(const char* key) const;
  // Of an object, as JSON; "{}" where it is not there.
  std::string object(const char* key) const;
  bool flag(const char* key) const;  // false where it is not given

  // All of it, for the activity log.
  const nlohmann::json& json() const noexcept { return *object_; }

 private:
  const nlohmann::json* value(const char* key) const;

  std::shared_ptr<const nlohmann::json> object_;
};

}  // namespace rehydra::entry
