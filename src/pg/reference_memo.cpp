// Job: see the header. Everything here is called by the executor: plain data only, no C++ object is alive.
#include "pg/reference_memo.h"

#include <cstring>

#include "pg/own_parent.h"

extern "C" {
#include "access/tableam.h"
#include "commands/trigger.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

namespace rehydra::pg {

namespace {

constexpr int most_columns = 4;
constexpr long trial_keys = 10'000;
constexpr int most_strangers = 16;

struct MemoKey {
  Datum values[most_columns];
};

struct Memo {
  int columns = 0;
  AttrNumber attributes[most_columns] = {};
  HTAB* keys = nullptr;
  long rows = 0;
  bool given_up = false;
  MemoKey last;  // a key that is good, where rows come in its order
  bool has_last = false;
  OwnParent* parent = nullptr;
  int strangers = 0;  // parents that were others', one after the other
};

// False where a column is NULL: such a row refers to nothing, and the check itself says so at once.
bool read_key(const Memo& memo, TupleTableSlot* slot, MemoKey& key) {
  std::memset(&key, 0, sizeof(key));
  for (int i = 0; i < memo.columns; ++i) {
    bool is_null = false;
    key.values[i] = slot_getattr(slot, memo.attributes[i], &is_null);
    if (is_null) {
      return false;
    }
  }
  return true;
}

// A memo that remembers nearly every key costs more than it saves.
void weigh(Memo& memo) {
  if (++memo.rows == trial_keys && hash_get_num_entries(memo.keys) > trial_keys / 2) {
    memo.given_up = true;
  }
}

bool is_known(Memo& memo, const MemoKey& key) {
  if (memo.has_last && std::memcmp(&memo.last, &key, sizeof(key)) == 0) {
    return true;
  }
  return !memo.given_up && hash_search(memo.keys, &key, HASH_FIND, nullptr) != nullptr;
}

void remember(Memo& memo, const MemoKey& key) {
  memo.last = key;
  memo.has_last = true;
  if (!memo.given_up) {
    bool found = false;
    (void)hash_search(memo.keys, &key, HASH_ENTER, &found);
  }
}

// The first parent of a statement is PostgreSQL's to look at, which asks for privileges too; and where the parents are
// others', each look would be one too many.
bool leads_to_own(Memo& memo, const MemoKey& key) {
  if (memo.parent == nullptr || !memo.has_last || memo.strangers == most_strangers) {
    return false;
  }
  const bool own = is_own_parent(*memo.parent, key.values);
  memo.strangers = own ? 0 : memo.strangers + 1;
  return own;
}

extern "C" Datum check_once_per_key(PG_FUNCTION_ARGS) {
  auto* memo = static_cast<Memo*>(fcinfo->flinfo->fn_extra);
  auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  MemoKey key;
  if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || !read_key(*memo, trigger->tg_trigslot, key)) {
    return RI_FKey_check_ins(fcinfo);
  }
  weigh(*memo);
  if (is_known(*memo, key)) {
    return PointerGetDatum(nullptr);
  }
  const bool own = leads_to_own(*memo, key);
  const Datum result = own ? PointerGetDatum(nullptr) : RI_FKey_check_ins(fcinfo);
  // The check passes over rows that are gone again: their keys are not known to be good.
  if (own || table_tuple_satisfies_snapshot(trigger->tg_relation, trigger->tg_trigslot, SnapshotSelf)) {
    remember(*memo, key);
  }
  return result;
}

// False where there is none. A copy: the list goes where the relation is built anew, which any lock may bring about.
bool find_foreign_key(Relation relation, Oid constraint, ForeignKeyCacheInfo& found) {
  ListCell* cell = nullptr;
  foreach (cell, RelationGetFKeyList(relation)) {
    auto* key = static_cast<ForeignKeyCacheInfo*>(lfirst(cell));
    if (key->conoid == constraint) {
      found = *key;
      return true;
    }
  }
  return false;
}

bool can_be_remembered(Relation relation, const ForeignKeyCacheInfo& key) {
  if (key.nkeys > most_columns) {
    return false;
  }
  for (int i = 0; i < key.nkeys; ++i) {
    if (!TupleDescAttr(RelationGetDescr(relation), key.conkey[i] - 1)->attbyval) {
      return false;
    }
  }
  return true;
}

// What an application's trigger does to the referenced table must not meet it open.
bool has_user_triggers(const TriggerDesc& triggers) {
  for (int i = 0; i < triggers.numtriggers; ++i) {
    if (!triggers.triggers[i].tgisinternal) {
      return true;
    }
  }
  return false;
}

void install(const ForeignKeyCacheInfo& key, const Trigger& trigger, FmgrInfo& function, const ResultRelInfo& result,
             EState* estate) {
  MemoryContext memory = estate->es_query_cxt;
  auto* memo = static_cast<Memo*>(MemoryContextAllocZero(memory, sizeof(Memo)));
  memo->columns = key.nkeys;
  for (int i = 0; i < key.nkeys; ++i) {
    memo->attributes[i] = key.conkey[i];
  }
  HASHCTL control;
  std::memset(&control, 0, sizeof(control));
  control.keysize = sizeof(MemoKey);
  control.entrysize = sizeof(MemoKey);
  control.hcxt = memory;
  memo->keys = hash_create("rehydra reference memo", 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
  memo->parent =
      has_user_triggers(*result.ri_TrigDesc) ? nullptr : open_own_parent(estate, result.ri_RelationDesc, key);
  fmgr_info_cxt(trigger.tgfoid, &function, memory);
  function.fn_addr = check_once_per_key;
  function.fn_extra = memo;
}

}  // namespace

void install_reference_memos(EState* estate) {
  ListCell* cell = nullptr;
  foreach (cell, rehydra_result_relations(estate)) {
    auto* result = static_cast<ResultRelInfo*>(lfirst(cell));
    Relation relation = result->ri_RelationDesc;
    TriggerDesc* triggers = result->ri_TrigDesc;
    if (triggers == nullptr || relation->rd_rel->relkind != RELKIND_RELATION) {
      continue;
    }
    for (int i = 0; i < triggers->numtriggers; ++i) {
      const Trigger& trigger = triggers->triggers[i];
      if (trigger.tgfoid != F_RI_FKEY_CHECK_INS || trigger.tgenabled == TRIGGER_DISABLED || trigger.tgdeferrable) {
        continue;
      }
      ForeignKeyCacheInfo key;
      if (find_foreign_key(relation, trigger.tgconstraint, key) && can_be_remembered(relation, key)) {
        install(key, trigger, result->ri_TrigFunctions[i], *result, estate);
      }
    }
  }
}

}  // namespace rehydra::pg
