#include "importer/adjust.h"

#include <algorithm>

#include "importer/sql_rows.h"

namespace rehydra::importer {

namespace {

// The staged row's columns under their own names, for the registry's SQL.
std::string named_rows(const Work& work) {
  std::string list = "s.r AS \"rehydra r\"";
  for (std::size_t field = 0; field < work.staged_fields; ++field) {
    list += ", s.c" + at(field) + " AS " + pg::quote_identifier(work.column(field).name);
  }
  return "(SELECT " + list + " FROM " + work.staged->name() + " s) x";
}

// The keys by which a call may name a row: its own, and match keys of one column.
std::vector<std::string> ways_to_name(const Work& work) {
  std::vector<std::string> ways = {work.key_text("s.c")};
  for (const int column : work.dataset->single_match_columns()) {
    if (const int field = work.field_of(column); field >= 0) {
      ways.push_back("s.c" + at(static_cast<std::size_t>(field)) + "::pg_catalog.text");
    }
  }
  return ways;
}

// "staged row s is one of these"; "false" for none.
std::string is_one_of(const Work& work, const std::vector<std::string>& keys) {
  std::string list;
  for (const std::string& key : keys) {
    list += (list.empty() ? "" : ", ") + pg::quote_literal(key);
  }
  std::string condition;
  for (const std::string& way : ways_to_name(work)) {
    condition += (condition.empty() ? "" : " OR ") + ("COALESCE(" + way + " IN (" + list + "), false)");
  }
  return list.empty() ? "false" : "(" + condition + ")";
}

void require_found(const Work& work, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (pg::query_count("SELECT count(*) FROM " + work.staged->name() + " s WHERE " + is_one_of(work, {key})) == 0) {
      throw Failure(ErrorKind::bad_argument, "the policy names row " + key + ", which " + work.called() + " lacks",
                    "Name rows by their key, or by a match key.");
    }
  }
}

std::map<std::size_t, std::string> new_values(const Work& work, const Adjustment& adjustment) {
  std::map<std::size_t, std::string> values;
  for (const auto& [column, sql] : adjustment.set) {
    const int field = work.field_of(work.dataset->column_index(column));
    if (field < 0 || static_cast<std::size_t>(field) >= work.staged_fields) {
      throw Failure(
          ErrorKind::missing_column,
          "rows of " + work.called() + " cannot be changed as the policy says: it lacks column \"" + column + "\"",
          "Choose another policy, or import a file that has the column.", {work.titles.front(), 0, 0, {}});
    }
    const auto number = static_cast<std::size_t>(field);
    values[number] = "(" + sql + ")::" + work.column(number).type.name;
  }
  return values;
}

// Rows that change, with their key and new values: r, key, v0, v1, ...
std::string changed_rows(const Work& work, const Adjustment& adjustment,
                         const std::map<std::size_t, std::string>& values) {
  std::string list, is_now, was;
  for (const auto& [field, sql] : values) {
    list += ", " + sql + " AS \"rehydra " + at(field) + "\"";
    is_now += (is_now.empty() ? "" : ", ") + ("v.\"rehydra " + at(field) + "\"");
    was += (was.empty() ? "" : ", ") + ("s.c" + at(field));
  }
  const std::string which =
      adjustment.some_only ? is_one_of(work, adjustment.only) : "NOT " + is_one_of(work, adjustment.except);
  return "(SELECT s.r, " + work.key_text("s.c") + " AS key, v.* FROM " + work.staged->name() +
         " s JOIN (SELECT x.\"rehydra r\"" + list + " FROM " + named_rows(work) + " WHERE " + adjustment.where +
         ") v ON v.\"rehydra r\" = s.r WHERE NOT s.bad AND " + which + " AND " + images_differ(is_now, was) + ")";
}

void say(Operation& operation, const Work& work, const Adjustment& adjustment, const std::string& changed) {
  constexpr std::size_t most = 20;
  std::string keys;
  std::size_t rows = 0;
  pg::for_each_row("SELECT key FROM " + changed + " c ORDER BY r", {}, [&](const pg::TextRow& row) {
    keys += rows++ < most ? (keys.empty() ? "" : ", ") + row[0].value_or("") : "";
  });
  if (rows != 0) {
    operation.errors->warn(std::to_string(rows) + " rows of " + work.called() + " " + adjustment.says + ": " + keys +
                           (rows > most ? " and " + std::to_string(rows - most) + " more" : ""));
  }
}

void adjust(Operation& operation, Work& work, const Adjustment& adjustment) {
  require_found(work, adjustment.only);
  require_found(work, adjustment.except);
  const std::map<std::size_t, std::string> values = new_values(work, adjustment);
  const std::string changed = changed_rows(work, adjustment, values);
  say(operation, work, adjustment, changed);
  std::map<std::size_t, std::string> replaced;
  for (const auto& [field, sql] : values) {
    replaced[field] = "CASE WHEN v.r IS NULL THEN s.c" + at(field) + " ELSE v.\"rehydra " + at(field) + "\" END";
  }
  restage(operation, work, replaced, "LEFT JOIN " + changed + " v ON v.r = s.r");
}

}  // namespace

void adjust_rows(Operation& operation) {
  for (const Adjustment& adjustment : operation.policy.adjust) {
    for (Work& work : operation.works) {
      if (work.dataset->name == adjustment.dataset) {
        adjust(operation, work, adjustment);
      }
    }
  }
}

}  // namespace rehydra::importer
