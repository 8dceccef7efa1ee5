// Job: see the header.
#include "importer/join_sql.h"

#include "importer/row_identity.h"

namespace rehydra::importer {

namespace {

// s: the staged rows.
std::string staged_rows(const Work& work) {
  const std::string name = work.staged->name();
  return work.dataset->keyless() ? "(SELECT *" + numbered(work, "s.c") + " FROM " + name + " s) s" : name + " s";
}

// t: the tenant's rows of the table, true AS here and o0...
std::string stored_rows_beside(const OwnRows& own, const Work& work) {
  return "(SELECT true AS here" + work.stored_list() + (work.dataset->keyless() ? numbered_stored(work, "t") : "") +
         " FROM " + work.dataset->rows() + " t WHERE " + own.predicate("t") +
         (work.is_partial() ? " AND " + work.pick("t") : "") + ") t";
}

std::string is_same_row(const Work& work) {
  return work.dataset->keyless() ? same_row("s", "t") : work.same_key("s.c", "t.o");
}

}  // namespace

bool needs_absent_rows(const Work& work) {
  return work.mode == Mode::replace || !work.matching.match_keys.empty();
}

std::string join_sql(const OwnRows& own, const Work& work) {
  std::string sql = "SELECT s.r, s.sheet, s.line, s.bad";
  for (std::size_t i = 1; i <= work.satellite_titles.size(); ++i) {
    sql += ", s.line" + std::to_string(i);
  }
  for (std::size_t i = 0; i < work.staged_fields; ++i) {
    sql += ", s.c" + std::to_string(i);
  }
  sql += ", t.here";
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    sql += ", t.o" + std::to_string(i);
  }
  return sql + " FROM " + staged_rows(work) + (needs_absent_rows(work) ? " FULL" : " LEFT") + " JOIN " +
         stored_rows_beside(own, work) + " ON " + is_same_row(work);
}

std::string stored_in_row_order(const OwnRows& own, const Work& work) {
  std::string list;
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    list += "t.o" + std::to_string(i) + ", ";
  }
  return "SELECT " + list + "COALESCE(s.r, " + std::to_string(PG_INT64_MAX) + ") FROM " +
         stored_rows_beside(own, work) + (needs_absent_rows(work) ? " LEFT" : "") + " JOIN " + staged_rows(work) +
         " ON " + is_same_row(work) + " ORDER BY " + at(work.fields.size() + 1);
}

}  // namespace rehydra::importer
