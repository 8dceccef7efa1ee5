#include "entry/jobs/may_run.h"

#include "core/error.h"
#include "pg/settings.h"
#include "pg/spi.h"

namespace rehydra::entry {

void require_execute(const std::string& action) {
  pg::SettingsScope settings;
  pg::pin_search_path(settings);
  const bool may =
      pg::query_count(
          "SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_depend d"
          " ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'"
          " JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass"
          " AND d.refobjid = e.oid WHERE e.extname = 'rehydra' AND p.prosrc = $1"
          " AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')",
          pg::Args().text("rehydra_" + action)) != 0;
  settings.end();
  if (!may) {
    throw Failure(
        ErrorKind::denied, "permission denied for function rehydra_" + action,
        "The role that a job runs as needs what the direct call needs: GRANT rehydra_" + action + "er TO ...;");
  }
}

}  // namespace rehydra::entry
