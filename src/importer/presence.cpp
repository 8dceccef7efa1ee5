#include "importer/presence.h"

#include <algorithm>

namespace rehydra::importer {

namespace {

bool does_not_come(const Operation& operation, const Work& work, std::int64_t r) {
  const Mark mark = work.mark_of(r);
  return mark == Mark::remove || mark == Mark::skip || (operation.policy.skip_errors && work.is_bad(r));
}

// "the file has a row of stored row alias's key", among the rows that `which` says.
std::string in_file(const Work& work, const std::string& alias, const std::string& which) {
  return "EXISTS (SELECT FROM " + work.staged->name() + " here WHERE " + work.key_join("here.c", alias) + which + ")";
}

// Rows that the file names keep their place, also where they are skipped or rejected.
bool deletes_absent(const Work& work) {
  return work.mode == Mode::replace && !work.keeps_absent && work.dataset->role != registry::Role::own;
}

bool removes_marked(const Work& work) {
  return std::find(work.marks.begin(), work.marks.end(), Mark::remove) != work.marks.end();
}

}  // namespace

bool replaces_all(const Work& work) {
  return deletes_absent(work) && work.gone == nullptr && !work.is_partial();
}

void note_gone_rows(const Operation& operation, Work& work) {
  const auto last = static_cast<std::int64_t>(std::max(work.marks.size(), work.bad.size()));
  if (last == 0) {
    work.gone.reset();
    return;
  }
  work.gone = std::make_unique<pg::Store>(
      work.next_name("gone"),
      std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}, {"removed", BOOLOID, -1, InvalidOid}});
  for (std::int64_t r = 0; r < last; ++r) {
    if (does_not_come(operation, work, r)) {
      const Datum row[] = {Int64GetDatum(r), BoolGetDatum(work.mark_of(r) == Mark::remove)};
      const bool nulls[] = {false, false};
      work.gone->append(row, nulls, 1);
    }
  }
  if (work.gone->rows() == 0) {
    work.gone.reset();
  } else {
    work.gone->publish();
  }
}

std::string unread(const std::vector<std::size_t>& fields) {
  std::string blank = "false";
  for (std::size_t field : fields) {
    blank += " OR s.c" + at(field) + " IS NULL";
  }
  return "(s.bad AND (" + blank + "))";
}

std::string comes(const Work& work, const std::string& alias) {
  return work.gone == nullptr ? "true"
                              : "NOT EXISTS (SELECT FROM " + work.gone->name() + " g WHERE g.r = " + alias + ".r)";
}

std::string stays(const Work& work, const std::string& alias) {
  std::string condition = "true";
  if (deletes_absent(work)) {
    condition = "(" + in_file(work, alias, "") + (work.is_partial() ? " OR NOT " + work.pick(alias) : "") + ")";
  }
  if (work.gone != nullptr && removes_marked(work)) {
    condition +=
        " AND NOT " +
        in_file(work, alias, " AND EXISTS (SELECT FROM " + work.gone->name() + " g WHERE g.r = here.r AND g.removed)");
  }
  return condition;
}

bool may_keep_stored(const Operation& operation, const Work& work) {
  return work.mode == Mode::insert || (work.mode == Mode::merge && operation.policy.conflicts == OnConflict::database);
}

std::string stays_as_it_is(const Operation& operation, const Work& work, const std::string& alias) {
  if (may_keep_stored(operation, work)) {
    return stays(work, alias) + " AND NOT EXISTS (SELECT FROM " + work.plan->name() +
           " here WHERE here.action = 'U' AND " + work.key_join("here.o", alias) + ")";
  }
  return stays(work, alias) + " AND NOT " + in_file(work, alias, " AND " + comes(work, "here"));
}

}  // namespace rehydra::importer
