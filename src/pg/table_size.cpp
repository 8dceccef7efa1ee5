#include "pg/table_size.h"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "storage/bufmgr.h"
}

namespace rehydra::pg {

std::uint64_t most_rows(Oid relation) {
  return call([&] {
    const Relation table = table_open(relation, AccessShareLock);
    const bool heap = table->rd_rel->relkind == RELKIND_RELATION && table->rd_tableam == GetHeapamTableAmRoutine();
    const std::uint64_t most =
        heap ? std::uint64_t{RelationGetNumberOfBlocks(table)} * MaxHeapTuplesPerPage : UINT64_MAX;
    table_close(table, AccessShareLock);
    return most;
  });
}

}  // namespace rehydra::pg
