#include "pg/table_size.h"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
}

namespace rehydra::pg {

namespace {

bool is_heap(Relation table) {
  return table->rd_rel->relkind == RELKIND_RELATION && table->rd_tableam == GetHeapamTableAmRoutine();
}

}  // namespace

std::optional<std::uint64_t> heap_pages(Oid relation) {
  return call([&]() -> std::optional<std::uint64_t> {
    if (!ConditionalLockRelationOid(relation, AccessShareLock)) {
      return std::nullopt;
    }
    const Relation table = table_open(relation, NoLock);
    const auto pages = is_heap(table) ? std::optional<std::uint64_t>(RelationGetNumberOfBlocks(table)) : std::nullopt;
    table_close(table, NoLock);
    return pages;
  });
}

std::uint64_t most_rows(Oid relation) {
  return call([&] {
    const Relation table = table_open(relation, AccessShareLock);
    const std::uint64_t most =
        is_heap(table) ? std::uint64_t{RelationGetNumberOfBlocks(table)} * MaxHeapTuplesPerPage : UINT64_MAX;
    table_close(table, AccessShareLock);
    return most;
  });
}

}  // namespace rehydra::pg
