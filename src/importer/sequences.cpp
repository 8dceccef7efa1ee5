#include "importer/sequences.h"

#include <algorithm>
#include <map>
#include <utility>

#include "importer/plan_facts.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

extern "C" {
#include "storage/lmgr.h"
}

namespace rehydra::importer {

namespace {

struct Sequence {
  Oid oid = InvalidOid;
  Oid owner = InvalidOid;
  std::string name;  // qualified, quoted
};

// By table and column.
using Sequences = std::map<std::pair<Oid, std::string>, Sequence>;

// The sequences behind the ascending serial and identity columns of tables: what a default draws from, before what only
// belongs to the column.
Sequences sequences_of(const std::vector<const Work*>& works) {
  std::string relations;
  for (const Work* work : works) {
    relations += (relations.empty() ? "" : ",") + std::to_string(work->dataset->relation);
  }
  const registry::Bookkeeper bookkeeper;
  Sequences sequences;
  for (const pg::TextRow& row : pg::query(
           "SELECT a.attrelid, a.attname, c.oid, c.relowner, pg_catalog.format('%I.%I', n.nspname, c.relname) FROM ("
           " SELECT d.refobjid AS relation, d.refobjsubid AS attnum, d.objid AS sequence, d.deptype = 'a' AS owned "
           "FROM pg_catalog.pg_depend d"
           "  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY "
           "($1::oid[]) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')"
           " UNION SELECT f.adrelid, f.adnum, d.refobjid, false FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend "
           "d ON "
           "d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass"
           "  WHERE f.adrelid = ANY ($1::oid[])) k"
           " JOIN pg_catalog.pg_sequence s ON s.seqrelid = k.sequence AND s.seqincrement > 0"
           " JOIN pg_catalog.pg_class c ON c.oid = k.sequence JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " JOIN pg_catalog.pg_attribute a ON a.attrelid = k.relation AND a.attnum = k.attnum ORDER BY k.owned, c.oid",
           pg::Args().text("{" + relations + "}"))) {
    sequences.emplace(std::pair(static_cast<Oid>(std::stoul(*row[0])), *row[1]),
                      Sequence{static_cast<Oid>(std::stoul(*row[2])), static_cast<Oid>(std::stoul(*row[3])), *row[4]});
  }
  return sequences;
}

bool is_behind(const Sequence& sequence, std::int64_t highest) {
  const auto last = pg::query("SELECT last_value, is_called FROM " + sequence.name, {}, pg::Access::read_write)[0];
  return *last[1] == "t" ? std::stoll(*last[0]) < highest : std::stoll(*last[0]) <= highest;
}

// The lock is taken only where there is something to raise: it lasts until the transaction ends, and two imports that
// both hold the weaker lock of nextval would wait for each other.
void raise(const Sequence& sequence, std::int64_t highest) {
  const pg::RoleScope owner(sequence.owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  if (!is_behind(sequence, highest)) {
    return;
  }
  pg::call([&] { LockRelationOid(sequence.oid, ShareRowExclusiveLock); });
  if (is_behind(sequence, highest)) {
    (void)pg::query("SELECT pg_catalog.setval($1::pg_catalog.regclass, $2)",
                    pg::Args().datum(REGCLASSOID, ObjectIdGetDatum(sequence.oid)).integer(highest),
                    pg::Access::read_write);
  }
}

void raise_sequences_of(std::vector<const Work*> works) {
  works.erase(std::remove_if(works.begin(), works.end(), [](const Work* work) { return work->counts.inserted == 0; }),
              works.end());
  if (works.empty()) {
    return;
  }
  pg::SettingsScope pinned;
  pg::pin_search_path(pinned);
  const Sequences sequences = sequences_of(works);
  for (const Work* work : works) {
    for (std::size_t field = 0; field < work->fields.size(); ++field) {
      const registry::Column& column = work->column(field);
      const auto sequence = sequences.find({work->dataset->relation, column.name});
      if (column.type.column.kind != ColumnClass::integer || !column.has_default || sequence == sequences.end()) {
        continue;
      }
      if (const auto highest = highest_inserted(*work, field)) {
        raise(sequence->second, *highest);
      }
    }
  }
  pinned.end();
}

}  // namespace

void raise_sequences(const Work& work) {
  raise_sequences_of({&work});
}

void raise_sequences(const Operation& operation) {
  std::vector<const Work*> works;
  for (const Work& work : operation.works) {
    works.push_back(&work);
  }
  raise_sequences_of(std::move(works));
}

std::int64_t last_given_out(const Work& work, std::size_t field) {
  pg::SettingsScope pinned;
  pg::pin_search_path(pinned);
  std::int64_t last = 0;
  const Sequences sequences = sequences_of({&work});
  if (const auto found = sequences.find({work.dataset->relation, work.column(field).name}); found != sequences.end()) {
    const Sequence& sequence = found->second;
    const pg::RoleScope owner(sequence.owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    last = pg::query_count("SELECT last_value FROM " + sequence.name);
  }
  pinned.end();
  return last;
}

}  // namespace rehydra::importer
