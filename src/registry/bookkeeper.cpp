#include "registry/bookkeeper.h"

#include <string>

#include "core/error.h"

namespace rehydra::registry {

Oid bookkeeping_owner() {
  const Oid owner = pg::call([] {
    const Oid schema = get_namespace_oid("rehydra", true);
    const Oid table = OidIsValid(schema) ? get_relname_relid("models", schema) : InvalidOid;
    if (!OidIsValid(table)) {
      return InvalidOid;
    }
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
    const Oid found =
        HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner : InvalidOid;
    if (HeapTupleIsValid(tuple)) {
      ReleaseSysCache(tuple);
    }
    return found;
  });
  if (!OidIsValid(owner)) {
    throw Failure(ErrorKind::not_registered, "the extension rehydra is not installed in this database",
                  "CREATE EXTENSION rehydra;");
  }
  return owner;
}

Bookkeeper::Bookkeeper()
    : role_(bookkeeping_owner(), SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION),
      settings_level_(pg::call([] {
        const int level = NewGUCNestLevel();
        set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                          false);
        set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        return level;
      })) {}

Bookkeeper::~Bookkeeper() {
  // Restores saved values; on an error path the abort has the same to do and finds nothing left.
  AtEOXact_GUC(false, settings_level_);
}

}  // namespace rehydra::registry
