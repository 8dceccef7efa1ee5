#include "pg/table_index.h"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/syscache.h"
}

namespace rehydra::pg {

namespace {

bool is_sorted_or_hashed(Oid index) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
  if (!HeapTupleIsValid(tuple)) {
    return false;
  }
  const Oid method = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relam;
  ReleaseSysCache(tuple);
  return method == BTREE_AM_OID || method == HASH_AM_OID;
}

bool begins_with(Oid index, AttrNumber column) {
  HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
  if (!HeapTupleIsValid(tuple)) {
    return false;
  }
  const auto* form = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
  const bool of_all_rows = heap_attisnull(tuple, Anum_pg_index_indpred, nullptr);
  const bool begins = form->indisvalid && of_all_rows && form->indkey.values[0] == column;
  ReleaseSysCache(tuple);
  return begins && is_sorted_or_hashed(index);
}

}  // namespace

bool begins_an_index(Oid relation, const std::string& column) {
  return call([&] {
    const Relation table = table_open(relation, AccessShareLock);
    const AttrNumber number = get_attnum(relation, column.c_str());
    List* indexes = RelationGetIndexList(table);
    bool found = false;
    ListCell* cell = nullptr;
    foreach (cell, indexes) {
      found = found || (number > 0 && begins_with(lfirst_oid(cell), number));
    }
    list_free(indexes);
    table_close(table, AccessShareLock);
    return found;
  });
}

}  // namespace rehydra::pg
