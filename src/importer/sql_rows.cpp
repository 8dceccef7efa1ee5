#include "importer/sql_rows.h"

#include "importer/own_rows.h"
#include "importer/stage_workbook.h"
#include "pg/store_rows.h"

namespace rehydra::importer {

std::string staged_select_list(const Work& work, const std::map<std::size_t, std::string>& replaced) {
  std::string list = "s.r, s.sheet, s.line, s.bad";
  for (std::size_t i = 1; i <= work.satellite_titles.size(); ++i) {
    list += ", s.line" + std::to_string(i);
  }
  for (std::size_t i = 0; i < work.staged_fields; ++i) {
    const auto other = replaced.find(i);
    list += ", " + (other == replaced.end() ? "s.c" + std::to_string(i) : other->second);
  }
  return list;
}

void restage(const Operation& operation, Work& work, const std::map<std::size_t, std::string>& replaced,
             const std::string& joins) {
  auto store =
      std::make_unique<pg::Store>(work.next_name("staged"), staged_columns(work, work.satellite_titles.size()));
  pg::append_rows(*store,
                  "SELECT " + staged_select_list(work, replaced) + " FROM " + work.staged->name() + " s " + joins,
                  operation.tenant.args());
  store->publish();
  work.staged = std::move(store);
}

std::uint64_t count_stored_rows(const Operation& operation, const Work& work, pg::Access access) {
  const OwnRows own(operation, work, access);
  return static_cast<std::uint64_t>(
      pg::fetch_count("SELECT pg_catalog.count(*) FROM " + work.dataset->rows() + " t WHERE " + own.predicate("t"),
                      own.args(), access));
}

std::string is_among(const std::string& number, const std::vector<std::int64_t>& rows) {
  std::string list;
  for (const std::int64_t r : rows) {
    list += (list.empty() ? "" : ",") + std::to_string(r);
  }
  return rows.empty()
             ? "false"
             : number + " IN (SELECT b::pg_catalog.int8 FROM pg_catalog.regexp_split_to_table('" + list + "', ',') b)";
}

}  // namespace rehydra::importer
