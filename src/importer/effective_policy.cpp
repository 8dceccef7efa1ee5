// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include "importer/effective_policy.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

// The argument "match" is one more policy of the call, so that a profile's keys hold for data sets that it does not
// name.
std::string with_match(const std::string& given, const std::optional<std::string>& match) {
  if (!match) {
    return given;
  }
  nlohmann::json all = nlohmann::json::parse(given, nullptr, false);
  all["match"] = nlohmann::json::parse(*match, nullptr, false);
  return all.dump();
}

}  // namespace

Policy effective_policy(const std::string& model, const std::string& customer_id,
                        const std::optional<std::string>& profile, const std::string& given,
                        const std::optional<std::string>& match) {
  pg::Args args;
  args.text(model).text(customer_id).text_or_null(profile).text(with_match(given, match));
  std::string merged;
  {
    const registry::Bookkeeper bookkeeper;
    merged = *pg::query_value("SELECT rehydra.effective_policy($1, $2, $3, $4::jsonb)", args);
  }
  return read_policy(merged);
}

}  // namespace rehydra::importer
