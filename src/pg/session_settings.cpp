#include "pg/session_settings.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "pg/guard.h"

extern "C" {
#include "utils/guc_tables.h"
}

namespace rehydra::pg {

namespace {

constexpr const char* limits_of_time[] = {"statement_timeout", "lock_timeout", "transaction_timeout",
                                          "idle_in_transaction_session_timeout", "idle_session_timeout"};
constexpr std::string_view of_the_session[] = {"role",
                                               "session_authorization",
                                               "client_encoding",
                                               "seed",
                                               "transaction_isolation",
                                               "transaction_read_only",
                                               "transaction_deferrable",
                                               "default_transaction_read_only"};

bool goes_along(const config_generic& setting) {
  const auto is_it = [&](std::string_view name) { return name == setting.name; };
  return setting.source > PGC_S_DATABASE_USER && (setting.context == PGC_USERSET || setting.context == PGC_SUSET) &&
         std::none_of(std::begin(of_the_session), std::end(of_the_session), is_it) &&
         std::none_of(std::begin(limits_of_time), std::end(limits_of_time), is_it);
}

void set(const char* name, const char* value) {
  call([&] {
    (void)set_config_option(name, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0,
                            false);
  });
}

}  // namespace

SessionSettings session_settings() {
  SessionSettings settings;
  int count = 0;
  config_generic** all = call([&] { return rehydra_all_settings(&count); });
  for (int i = 0; i < count; ++i) {
    if (goes_along(*all[i])) {
      const char* value = call([&] { return GetConfigOption(all[i]->name, true, false); });
      settings.emplace(all[i]->name, value != nullptr ? value : "");
    }
  }
  return settings;
}

void apply_settings(const SessionSettings& settings) {
  for (const auto& [name, value] : settings) {
    set(name.c_str(), value.c_str());
  }
  // A role may have limits of its own, for its sessions.
  for (const char* limit : limits_of_time) {
    if (call([&] { return GetConfigOption(limit, true, false); }) != nullptr) {
      set(limit, "0");
    }
  }
}

void set_role(const std::string& name) {
  set("role", name.c_str());
}

bool may_become(Oid member, Oid role) {
  return member == role || call([&] { return rehydra_may_set_role(member, role); });
}

}  // namespace rehydra::pg
