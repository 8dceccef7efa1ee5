#include "importer/match.h"

#include "importer/sql_rows.h"

namespace rehydra::importer {

namespace {

std::string number(std::size_t field) {
  return std::to_string(field);
}

std::vector<pg::StoreColumn> map_columns(const Work& work) {
  std::vector<pg::StoreColumn> columns = {{"r", INT8OID, -1, InvalidOid}};
  for (const char* prefix : {"old", "new"}) {
    for (std::size_t field : work.key_fields()) {
      const pg::Type& type = work.column(field).type;
      columns.push_back({prefix + number(field), type.oid, type.typmod, type.collation});
    }
  }
  return columns;
}

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
    const std::string at = number(static_cast<std::size_t>(field));
    condition +=
        (condition.empty() ? "" : " AND ") + work.same_field(static_cast<std::size_t>(field), "i.n" + at, "d.o" + at);
    if (work.column(static_cast<std::size_t>(field)).type.column.kind == ColumnClass::text) {
      condition += " AND i.n" + at + " <> ''";
    }
  }
  return condition;
}

// Rows that the file adds against rows that it lacks, but for those matched already.
std::string candidates(const Work& work, const std::string& condition) {
  std::string stored_key, mapped;
  for (std::size_t field : work.key_fields()) {
    stored_key += (stored_key.empty() ? "" : ", ") + std::string("d.o") + number(field);
    mapped += (mapped.empty() ? "" : " AND ") + work.same_field(field, "m.new" + number(field), "d.o" + number(field));
  }
  std::string list;
  for (const char* prefix : {"i.n", "d.o"}) {
    for (std::size_t field : work.key_fields()) {
      list += ", " + std::string(prefix) + number(field) + (prefix[0] == 'i' ? " AS old" : " AS new") + number(field);
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
  const std::size_t shown =
      static_cast<std::size_t>(work.field_of(match_key.front()) < 0 ? 0 : work.field_of(match_key.front()));
  const auto conflicts =
      pg::query("SELECT c.r, min(c.sheet), min(c.line), pg_catalog.string_agg(" + work.key_text("c.new") +
                ", '; ') FROM (" + rows + ") c WHERE c.for_row > 1 OR c.for_stored > 1 GROUP BY c.r ORDER BY c.r");
  for (const pg::TextRow& row : conflicts) {
    work.reject(std::stoll(*row[0]));
    RowError error;
    error.error = {ErrorKind::conflict,
                   "the row's key is not in the database, and by " + headers +
                       " it is not clear which row it is: " + row[3].value_or(""),
                   {},
                   "Enter the key of the row that is meant, or tell the rows apart.",
                   work.where(shown, std::stoll(*row[1]), std::stoll(*row[2]))};
    error.error.kind = ErrorKind::duplicate_key;
    error.dataset = work.dataset->name;
    operation.errors->add_row(std::move(error));
  }
}

void record_changes(Work& work) {
  for (const pg::TextRow& row : pg::query("SELECT " + work.key_text("m.old") + ", " + work.key_text("m.new") +
                                          " FROM " + work.id_map->name() + " m ORDER BY m.r")) {
    if (row[0].value_or("") != row[1].value_or("")) {
      work.ids_changed.emplace_back(row[0].value_or(""), row[1].value_or(""));
    }
  }
}

void take_stored_keys(const Operation& operation, Work& work) {
  std::map<std::size_t, std::string> replaced;
  for (std::size_t field : work.key_fields()) {
    replaced[field] = "CASE WHEN m.r IS NULL THEN s.c" + number(field) + " ELSE m.new" + number(field) + " END";
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
  work.id_map = std::make_unique<pg::Store>(work.next_name("ids"), map_columns(work));
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
        list += ", " + std::string(prefix) + number(field);
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
  record_changes(work);
  take_stored_keys(operation, work);
  return true;
}

}  // namespace rehydra::importer
