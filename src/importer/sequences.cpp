#include "importer/sequences.h"

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

// The sequence behind an ascending serial or identity column.
std::optional<Sequence> sequence_of(const registry::Dataset& dataset, const registry::Column& column) {
  const registry::Bookkeeper bookkeeper;
  const auto rows = pg::query(
      "SELECT c.oid, c.relowner, pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid WHERE s.seqincrement > 0 AND c.oid IN ("
      " SELECT d.objid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND "
      "a.attnum = d.refobjsubid"
      "  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1 AND "
      "a.attname = $2 AND d.deptype IN ('a', 'i')"
      " UNION SELECT d.refobjid FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid "
      "AND a.attnum = f.adnum"
      "  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = "
      "'pg_class'::regclass"
      "  WHERE f.adrelid = $1 AND a.attname = $2) LIMIT 1",
      pg::Args().datum(OIDOID, ObjectIdGetDatum(dataset.relation)).text(column.name));
  if (rows.empty()) {
    return std::nullopt;
  }
  return Sequence{static_cast<Oid>(std::stoul(*rows[0][0])), static_cast<Oid>(std::stoul(*rows[0][1])), *rows[0][2]};
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

}  // namespace

void raise_sequences(const Work& work) {
  if (work.counts.inserted == 0) {
    return;
  }
  pg::SettingsScope pinned;
  pg::pin_search_path(pinned);
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    const registry::Column& column = work.column(field);
    if (column.type.column.kind != ColumnClass::integer || !column.has_default) {
      continue;
    }
    const std::optional<Sequence> sequence = sequence_of(*work.dataset, column);
    if (!sequence) {
      continue;
    }
    if (const auto highest = highest_inserted(work, field)) {
      raise(*sequence, *highest);
    }
  }
  pinned.end();
}

std::int64_t last_given_out(const Work& work, std::size_t field) {
  pg::SettingsScope pinned;
  pg::pin_search_path(pinned);
  std::int64_t last = 0;
  if (const auto sequence = sequence_of(*work.dataset, work.column(field))) {
    const pg::RoleScope owner(sequence->owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    last = pg::query_count("SELECT last_value FROM " + sequence->name);
  }
  pinned.end();
  return last;
}

}  // namespace rehydra::importer
