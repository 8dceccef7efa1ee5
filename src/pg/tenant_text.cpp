#include "pg/tenant_text.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"

namespace rehydra::pg {

namespace {

using nlohmann::json;

constexpr std::string_view mark = "{tenant}";

[[noreturn]] void no_mark() {
  throw Failure(ErrorKind::bad_argument, "rehydra.tenant_template does not say where the tenant stands",
                "Write {tenant} once, for example {\"tenant_id\": \"{tenant}\"}.");
}

json parse(const std::string& text) {
  return json::parse(text, nullptr, false);
}

// The way to the mark through objects; nullopt for none.
std::optional<json::json_pointer> find_mark(const json& value, const json::json_pointer& here) {
  if (value.is_string() && value.get_ref<const std::string&>() == mark) {
    return here;
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (const auto found = find_mark(member, here / key)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> read_claim(const json& pattern, const std::string& value) {
  const auto way = find_mark(pattern, json::json_pointer());
  if (!way) {
    no_mark();
  }
  const json claims = parse(value);
  if (!claims.is_object()) {
    return std::nullopt;
  }
  if (!claims.contains(*way) || claims.at(*way).is_null()) {
    return "";
  }
  const json& claim = claims.at(*way);
  if (claim.is_string()) {
    return claim.get<std::string>();
  }
  return claim.is_number_integer() ? std::optional<std::string>(claim.dump()) : std::nullopt;
}

}  // namespace

std::string write_tenant(const std::string& pattern, const std::string& id) {
  if (pattern.empty()) {
    return id;
  }
  json whole = parse(pattern);
  if (whole.is_object()) {
    const auto way = find_mark(whole, json::json_pointer());
    if (!way) {
      no_mark();
    }
    whole[*way] = id;
    return whole.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  const std::size_t at = pattern.find(mark);
  if (at == std::string::npos) {
    no_mark();
  }
  return pattern.substr(0, at) + id + pattern.substr(at + mark.size());
}

std::optional<std::string> read_tenant(const std::string& pattern, const std::string& value) {
  if (pattern.empty() || value.empty()) {
    return value;
  }
  const json whole = parse(pattern);
  if (whole.is_object()) {
    return read_claim(whole, value);
  }
  const std::size_t at = pattern.find(mark);
  if (at == std::string::npos) {
    no_mark();
  }
  const std::string_view before = std::string_view(pattern).substr(0, at);
  const std::string_view after = std::string_view(pattern).substr(at + mark.size());
  if (value.size() < before.size() + after.size() || !value.starts_with(before) || !value.ends_with(after)) {
    return std::nullopt;
  }
  return value.substr(before.size(), value.size() - before.size() - after.size());
}

}  // namespace rehydra::pg
