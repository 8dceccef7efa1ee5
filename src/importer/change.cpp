// Job: run what changes rows: with the search_path that the application's triggers expect.
#include "importer/apply.h"
#include "pg/held_triggers.h"
#include "pg/planned_statement.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

template <class Run>
std::uint64_t with_caller_path(const Operation& operation, Run run) {
  pg::SettingsScope settings;
  if (operation.model->search_path.empty()) {
    settings.set("search_path", operation.caller_path);
  } else {
    pg::pin_search_path(settings, operation.model->search_path);
  }
  const std::uint64_t rows = run();
  settings.end();
  return rows;
}

}  // namespace

std::uint64_t change(const Operation& operation, Checks checks, const std::string& sql, const pg::Args& args) {
  return with_caller_path(
      operation, [&] { return checks == Checks::held ? pg::execute_held(sql, args) : pg::execute(sql, args); });
}

void as_one_statement(const Operation& operation, const std::function<void()>& body) {
  pg::hold_triggers();
  body();
  with_caller_path(operation, [] {
    pg::fire_held_triggers();
    return 0;
  });
}

std::uint64_t insert(const Operation& operation, const std::string& sql, const pg::Args& args,
                     const std::vector<const pg::Store*>& stores) {
  return with_caller_path(operation, [&] { return pg::execute_insert(sql, args, stores, operation.tenant.setting); });
}

std::string action_is(const std::string& alias, char action) {
  return alias + ".action OPERATOR(pg_catalog.=) '" + action + "'";
}

}  // namespace rehydra::importer
