// Job: what the server finds when it loads the library: the magic block, the settings, and the small functions.
#include <string>

#include "entry/jobs/processes.h"
#include "entry/shell.h"
#include "pg/settings.h"

#ifndef REHYDRA_VERSION
#error "REHYDRA_VERSION comes from rehydra.control, through the Makefile"
#endif

extern "C" {
PG_MODULE_MAGIC;

REHYDRA_EXPORT void _PG_init(void);
void _PG_init(void) {
  rehydra::pg::define_settings();
  if (process_shared_preload_libraries_in_progress) {
    rehydra::entry::prepare_jobs();
  }
}
}

namespace rehydra::entry {
namespace {

Datum session_tenant(const Call& call) {
  const std::string tenant = pg::session_tenant();
  if (tenant.empty()) {
    call.info()->isnull = true;
    return 0;
  }
  return pg::call([&] { return CStringGetTextDatum(tenant.c_str()); });
}

Datum version(const Call&) {
  return pg::call([] { return CStringGetTextDatum(REHYDRA_VERSION); });
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_session_tenant, rehydra::entry::session_tenant)
REHYDRA_FUNCTION(rehydra_version, rehydra::entry::version)
