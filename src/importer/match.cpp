#include "importer/match.h"

#include <algorithm>

#include "importer/id_map.h"
#include "importer/sql_rows.h"

namespace rehydra::importer {

namespace {

// An empty text recognises nobody.
std::string same_values(const Work& work, const std::vector<int>& match_key) {
  std::string condition;
  for (int column : match_key) {
    if (column == work.dataset->tenant_column) {
      continue;
    }
    const int field = work.field_of(column);
    if (field < 0) {
      return {};
    }
    const std::string number = at(static_cast<std::size_t>(field));
    condition += (condition.empty() ? "" : " AND ") +
                 work.same_field(static_cast<std::size_t>(field), "i.n" + number, "d.o" + number);
    if (work.column(static_cast<std::size_t>(field)).type.column.kind == ColumnClass::text) {
      condition += " AND i.n" + number + " <> ''";
    }
  }
  return condition;
}

// Rows that the file adds against rows that it lacks, but for those matched already.
std::string candidates(const Work& work, const std::string& condition) {
  std::string stored_key, mapped;
  for (std::size_t field : work.key_fields()) {
    stored_key += (stored_key.empty() ? "" : ", ") + std::string("d.o") + at(field);
    mapped += (mapped.empty() ? "" : " AND ") + work.same_field(field, "m.new" + at(field), "d.o" + at(field));
  }
  std::string list;
  for (const char* prefix : {"i.n", "d.o"}) {
    for (std::size_t field : work.key_fields()) {
      list += ", " + std::string(prefix) + at(field) + (prefix[0] == 'i' ? " AS old" : " AS new") + at(field);
    }
  }
  const std::string map = work.id_map->name();
  return "SELECT i.r" + list +
         ", i.sheet, i.line, pg_catalog.count(*) OVER (PARTITION BY i.r) AS for_row, pg_catalog.count(*) OVER "
         "(PARTITION BY " +
         stored_key + ") AS for_stored FROM " + work.plan->name() + " i JOIN " + work.plan->name() + " d ON " +
         condition + " WHERE i.action = 'I' AND d.action IN ('D', 'L') AND NOT EXISTS (SELECT FROM " + map +
         " m WHERE m.r = i.r) AND NOT EXISTS (SELECT FROM " + map + " m WHERE " + mapped + ")";
}

void report_conflicts(Operation& operation, Work& work, const std::string& rows, const std::vector<int>& match_key) {
  std::string headers;
  for (int column : match_key) {
    if (const int field = work.field_of(column); field >= 0) {
      headers += (headers.empty() ? "\"" : ", \"") + work.fields[static_cast<std::size_t>(field)].header + "\"";
    }
  }
  const auto shown = static_cast<std::size_t>(std::max(0, work.field_of(match_key.front())));
  const auto conflicts =
      pg::query("SELECT c.r, min(c.sheet), min(c.line), pg_catalog.string_agg(" + work.key_text("c.new") +
                ", '; ') FROM (" + rows + ") c WHERE c.for_row > 1 OR c.for_stored > 1 GROUP BY c.r ORDER BY c.r");
  for (const pg::TextRow& row : conflicts) {
    work.reject(std::stoll(*row[0]));
    RowError error;
    error.error = {ErrorKind::duplicate_key,
                   "the row's key is not in the database, and by " + headers +
                       " it is not clear which row it is: " + row[3].value_or(""),
                   {},
                   "Enter the key of the row that is meant, or tell the rows apart.",
                   work.where(shown, std::stoll(*row[1]), std::stoll(*row[2]))};
    error.dataset = work.dataset->name;
    operation.errors->add_row(std::move(error));
  }
}

void take_stored_keys(const Operation& operation, Work& work) {
  std::map<std::size_t, std::string> replaced;
  for (std::size_t field : work.key_fields()) {
    replaced[field] = "CASE WHEN m.r IS NULL THEN s.c" + at(field) + " ELSE m.new" + at(field) + " END";
  }
  restage(operation, work, replaced, "LEFT JOIN " + work.id_map->name() + " m ON m.r = s.r");
}

}  // namespace

bool match_rows(Operation& operation, Work& work) {
  if (work.dataset->match_keys.empty() || work.key_fields().empty() || work.counts.inserted == 0 ||
      work.id_map != nullptr) {
    return false;
  }
  if (pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.plan->name() +
                      " WHERE action IN ('D', 'L') LIMIT 1) absent") == 0) {
    return false;
  }
  work.id_map = make_id_map(work);
  work.id_map->publish();
  for (const std::vector<int>& match_key : work.dataset->match_keys) {
    const std::string condition = match_key.empty() ? std::string() : same_values(work, match_key);
    if (condition.empty()) {
      continue;
    }
    const std::string rows = candidates(work, condition);
    report_conflicts(operation, work, rows, match_key);
    std::string list;
    for (const char* prefix : {"c.old", "c.new"}) {
      for (std::size_t field : work.key_fields()) {
        list += ", " + std::string(prefix) + at(field);
      }
    }
    append_rows(*work.id_map, "SELECT c.r" + list + " FROM (" + rows + ") c WHERE c.for_row = 1 AND c.for_stored = 1",
                {});
    work.id_map->publish();
  }
  if (work.id_map->rows() == 0) {
    work.id_map.reset();
    return false;
  }
  record_id_changes(work);
  take_stored_keys(operation, work);
  return true;
}

}  // namespace rehydra::importer
