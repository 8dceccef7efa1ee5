// Job: see the header. Everything here is called by the executor: plain data only, no C++ object is alive.
#include "pg/own_parent.h"

extern "C" {
#include "access/genam.h"
#include "access/skey.h"
#include "access/tableam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_constraint.h"
#include "executor/executor.h"
}

namespace rehydra::pg {

struct OwnParent {
  MemoryContext memory = nullptr;  // of the statement: a scan allocates while it goes on
  Relation table = nullptr;
  Relation index = nullptr;
  IndexScanDesc scan = nullptr;
  TupleTableSlot* slot = nullptr;
  int columns = 0;
  int place[INDEX_MAX_KEYS] = {};  // of the index's columns among the constraint's
  ScanKeyData keys[INDEX_MAX_KEYS] = {};
};

namespace {

Oid index_of(Oid constraint) {
  HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
  if (!HeapTupleIsValid(tuple)) {
    return InvalidOid;
  }
  const Oid index = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->conindid;
  ReleaseSysCache(tuple);
  return index;
}

int place_of(const ForeignKeyCacheInfo& key, AttrNumber column) {
  for (int i = 0; i < key.nkeys; ++i) {
    if (key.confkey[i] == column) {
      return i;
    }
  }
  return -1;
}

// The index finds by its own type's equality: false where the constraint compares by another operator, or by that one
// after a cast, which only the server's own check does.
bool take_column(OwnParent& parent, Relation child, const ForeignKeyCacheInfo& key, int column) {
  const int place = place_of(key, parent.index->rd_index->indkey.values[column]);
  const Oid type = parent.index->rd_opcintype[column];
  const Oid equal = get_opfamily_member(parent.index->rd_opfamily[column], type, type, BTEqualStrategyNumber);
  if (place < 0 || !OidIsValid(equal) || key.conpfeqop[place] != equal) {
    return false;
  }
  if (getBaseType(TupleDescAttr(RelationGetDescr(child), key.conkey[place] - 1)->atttypid) != type) {
    return false;
  }
  parent.place[column] = place;
  ScanKeyEntryInitialize(&parent.keys[column], 0, static_cast<AttrNumber>(column + 1), BTEqualStrategyNumber,
                         InvalidOid, parent.index->rd_indcollation[column], get_opcode(equal), Datum{});
  return true;
}

bool take_columns(OwnParent& parent, Relation child, const ForeignKeyCacheInfo& key) {
  if (parent.table->rd_rel->relkind != RELKIND_RELATION || parent.table->rd_rel->relam != HEAP_TABLE_AM_OID ||
      parent.index->rd_rel->relam != BTREE_AM_OID || !parent.index->rd_index->indisvalid ||
      IndexRelationGetNumberOfKeyAttributes(parent.index) != key.nkeys) {
    return false;
  }
  parent.columns = key.nkeys;
  for (int column = 0; column < key.nkeys; ++column) {
    if (!take_column(parent, child, key, column)) {
      return false;
    }
  }
  return true;
}

void close_relations(const OwnParent& parent) {
  index_close(parent.index, NoLock);
  table_close(parent.table, NoLock);
}

// Only where the statement ends well; else the server takes back what is open.
extern "C" void close_own_parent(Datum argument) {
  auto* parent = reinterpret_cast<OwnParent*>(DatumGetPointer(argument));
  index_endscan(parent->scan);
  ExecDropSingleTupleTableSlot(parent->slot);
  close_relations(*parent);
}

bool is_own(TupleTableSlot* slot) {
  bool should_free = false;
  HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &should_free);
  const bool own = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
  if (should_free) {
    heap_freetuple(tuple);
  }
  return own;
}

}  // namespace

OwnParent* open_own_parent(EState* estate, Relation table, const ForeignKeyCacheInfo& key) {
  Relation referenced = table_open(key.confrelid, RowShareLock);
  const Oid index = index_of(key.conoid);
  if (!OidIsValid(index)) {
    table_close(referenced, NoLock);
    return nullptr;
  }
  MemoryContext before = MemoryContextSwitchTo(estate->es_query_cxt);
  auto* parent = static_cast<OwnParent*>(palloc0(sizeof(OwnParent)));
  parent->memory = estate->es_query_cxt;
  parent->table = referenced;
  parent->index = index_open(index, RowShareLock);
  if (take_columns(*parent, table, key)) {
    parent->slot = table_slot_create(parent->table, nullptr);
    parent->scan = rehydra_index_beginscan(parent->table, parent->index, SnapshotSelf, parent->columns);
    RegisterExprContextCallback(CreateExprContext(estate), close_own_parent, PointerGetDatum(parent));
  } else {
    close_relations(*parent);
    pfree(parent);
    parent = nullptr;
  }
  MemoryContextSwitchTo(before);
  return parent;
}

bool is_own_parent(OwnParent& parent, const Datum* values) {
  for (int column = 0; column < parent.columns; ++column) {
    parent.keys[column].sk_argument = values[parent.place[column]];
  }
  MemoryContext before = MemoryContextSwitchTo(parent.memory);
  index_rescan(parent.scan, parent.keys, parent.columns, nullptr, 0);
  bool own = false;
  while (!own && index_getnext_slot(parent.scan, ForwardScanDirection, parent.slot)) {
    own = is_own(parent.slot);
  }
  ExecClearTuple(parent.slot);
  index_rescan(parent.scan, nullptr, parent.columns, nullptr, 0);  // lets go of its page, which a vacuum may wait for
  MemoryContextSwitchTo(before);
  return own;
}

}  // namespace rehydra::pg
