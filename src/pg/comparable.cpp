// Job: see the header.
#include "pg/comparable.h"

extern "C" {
#include "utils/typcache.h"
}

namespace rehydra::pg {

bool is_comparable(const Type& type) {
  return call([&] {
    const TypeCacheEntry* entry = lookup_type_cache(type.oid, TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR);
    return OidIsValid(entry->eq_opr) && OidIsValid(entry->lt_opr);
  });
}

}  // namespace rehydra::pg
