#include "importer/match.h"

#include <algorithm>

#include "importer/free_keys.h"
#include "importer/id_map.h"
#include "importer/plan_facts.h"
#include "importer/presence.h"
#include "importer/sql_rows.h"
#include "pg/comparable.h"
#include "pg/store_rows.h"

namespace rehydra::importer {

namespace {

// Stored rows beside a row of the file that may be it: as many are named.
constexpr const char* most_named = "3";

// The fields of a match key and of the primary key, each once.
std::vector<std::size_t> told_by(const Work& work, const std::vector<int>& match_key) {
  std::vector<std::size_t> fields = work.key_fields();
  for (int column : match_key) {
    if (const int field = work.field_of(column);
        field >= 0 && std::find(fields.begin(), fields.end(), static_cast<std::size_t>(field)) == fields.end()) {
      fields.push_back(static_cast<std::size_t>(field));
    }
  }
  return fields;
}

// One side of the pairs: its rows with what tells them apart, and how many there are of the same values.
struct Side {
  std::string from;    // "relation alias"
  std::string which;   // a condition over alias
  std::string prefix;  // "i.n"
};

std::string alike(const Work& work, const std::vector<int>& match_key, const Side& side, const std::string& more) {
  std::string list, values, keys;
  for (std::size_t field : told_by(work, match_key)) {
    list += ", " + side.prefix + at(field);
  }
  for (int column : match_key) {
    if (const int field = work.field_of(column); field >= 0 && column != work.dataset->tenant_column) {
      values += (values.empty() ? "" : ", ") + side.prefix + at(static_cast<std::size_t>(field));
    }
  }
  for (std::size_t field : work.key_fields()) {
    keys += (keys.empty() ? "" : ", ") + side.prefix + at(field) + "::pg_catalog.text";
  }
  return "(SELECT pg_catalog.count(*) OVER same AS alike, " +
         (more.empty() ? "pg_catalog.row_number() OVER (PARTITION BY " + values + " ORDER BY " + keys + ") AS nth"
                       : more) +
         list + " FROM " + side.from + " WHERE " + side.which + " WINDOW same AS (PARTITION BY " + values + "))";
}

// Rows of the file (i) that are not matched yet beside stored ones (d) that are not either; of many stored ones the
// first alone, so that rows with one value cost no more than they are.
std::string candidates(const Work& work, const std::vector<int>& match_key, Side file, Side stored,
                       const std::vector<std::int64_t>& unclear) {
  std::string list;
  for (std::size_t field : work.key_fields()) {
    list += ", " + file.prefix + at(field) + " AS old" + at(field) + ", d.o" + at(field) + " AS new" + at(field);
  }
  const std::string map = work.id_map->name();
  file.which += " AND NOT EXISTS (SELECT FROM " + map + " m WHERE m.r = i.r)";
  file.which += " AND NOT " + is_among("i.r", unclear);
  stored.which += " AND NOT EXISTS (SELECT FROM " + map + " m WHERE " + work.same_key("m.new", "d.o") + ")";
  return "SELECT i.r" + list + ", i.sheet, i.line, d.alike AS for_row, i.alike AS for_stored, i.first, i.last FROM " +
         alike(work, match_key, file,
               "i.r, i.sheet, i.line, pg_catalog.min(i.r) OVER same AS first, pg_catalog.max(i.r) OVER same AS last") +
         " i JOIN " + alike(work, match_key, stored, "") + " d ON d.nth <= " + most_named + " AND " +
         same_values(work, match_key, file.prefix);
}

std::string headers_of(const Work& work, const std::vector<int>& match_key) {
  std::string headers;
  for (int column : match_key) {
    if (const int field = work.field_of(column); field >= 0) {
      headers += (headers.empty() ? "\"" : ", \"") + work.fields[static_cast<std::size_t>(field)].header + "\"";
    }
  }
  return headers;
}

std::size_t shown_field(const Work& work, const std::vector<int>& match_key) {
  for (int column : match_key) {
    if (const int field = work.field_of(column); field >= 0) {
      return static_cast<std::size_t>(field);
    }
  }
  return 0;
}

// row: r, sheet, line, the stored rows' keys, another row of the file that is like it: sheet, line.
void report_conflict(Operation& operation, Work& work, const std::vector<int>& match_key, const pg::TextRow& row) {
  const std::size_t shown = shown_field(work, match_key);
  std::string other;
  if (row[4]) {
    const Location place = work.where(shown, std::stoll(*row[4]), std::stoll(*row[5]));
    other = "; " + container_name(place.container, place.sheet) + ", " + place_name(place) + " is like it";
  }
  work.reject(std::stoll(*row[0]));
  RowError error;
  error.error = {ErrorKind::duplicate_key,
                 row[3] ? "the row's key is not in the database, and by " + headers_of(work, match_key) +
                              " it is not clear which row it is: " + *row[3] + other
                        : "by " + headers_of(work, match_key) + " the row is not told apart" + other,
                 {},
                 "Enter the key of the row that is meant, or tell the rows apart.",
                 work.where(shown, std::stoll(*row[1]), std::stoll(*row[2]))};
  error.dataset = work.dataset->name;
  error.r = std::stoll(*row[0]);
  operation.errors->add_row(std::move(error));
}

// Where it is left out, any of the stored rows may be the one that it means: none of them is taken for absent.
void keep_what_may_be_meant(Operation& operation, Work& work) {
  if (operation.policy.skip_errors && work.mode == Mode::replace && !work.keeps_absent) {
    work.keeps_absent = true;
    operation.errors->warn("rows of " + work.called() +
                           " are left out that may be any of several stored ones: no row is deleted there");
  }
}

// rows: of candidates(). unclear: gets the numbers of the rows, which no further key may match.
void report_conflicts(Operation& operation, Work& work, const std::string& rows, const std::vector<int>& match_key,
                      std::vector<std::int64_t>& unclear) {
  for (const pg::TextRow& row :
       pg::query("SELECT c.r, c.sheet, c.line, c.keys, f.sheet, f.line FROM (SELECT c.r, min(c.sheet) AS sheet, "
                 "min(c.line) AS line, pg_catalog.string_agg(" +
                     work.key_text("c.new") + ", '; ') || CASE WHEN max(c.for_row) > " + most_named +
                     " THEN '; and ' || max(c.for_row) - " + most_named +
                     " || ' more' ELSE '' END AS keys, min(CASE WHEN c.for_stored = 1 THEN NULL WHEN c.first = c.r "
                     "THEN c.last ELSE "
                     "c.first END) AS other FROM (" +
                     rows + ") c WHERE c.for_row > 1 OR c.for_stored > 1 GROUP BY c.r) c LEFT JOIN " +
                     work.staged->name() + " f ON f.r = c.other ORDER BY c.r",
                 operation.tenant.args())) {
    report_conflict(operation, work, match_key, row);
    keep_what_may_be_meant(operation, work);
    unclear.push_back(std::stoll(*row[0]));
  }
}

void take_stored_keys(const Operation& operation, Work& work) {
  std::map<std::size_t, std::string> replaced;
  for (std::size_t field : work.key_fields()) {
    replaced[field] = "CASE WHEN m.r IS NULL THEN s.c" + at(field) + " ELSE m.new" + at(field) + " END";
  }
  restage(operation, work, replaced, "LEFT JOIN " + work.id_map->name() + " m ON m.r = s.r");
}

std::string mapped_keys(const Work& work) {
  std::string list;
  for (const char* prefix : {"c.old", "c.new"}) {
    for (std::size_t field : work.key_fields()) {
      list += ", " + std::string(prefix) + at(field);
    }
  }
  return list;
}

void map_partners(const Operation& operation, Work& work, const std::string& rows) {
  pg::append_rows(*work.id_map,
                  "SELECT c.r" + mapped_keys(work) + " FROM (" + rows + ") c WHERE c.for_row = 1 AND c.for_stored = 1",
                  operation.tenant.args());
  work.id_map->publish();
}

// "row i has no value in this field".
std::string is_blank(std::size_t field) {
  return "NULLIF(i.c" + at(field) + "::pg_catalog.text, '') IS NULL";
}

// Where the call says what tells rows apart, rows that have the same are an error, whether or not they are stored.
void check_told_apart(Operation& operation, Work& work, const std::vector<int>& match_key,
                      const std::string& blank_before) {
  std::string list, given;
  for (int column : match_key) {
    if (const int field = work.field_of(column); field >= 0) {
      list += (list.empty() ? "i.c" : ", i.c") + at(static_cast<std::size_t>(field));
      given += " AND NOT " + is_blank(static_cast<std::size_t>(field));
    }
  }
  for (const pg::TextRow& row :
       pg::query("SELECT c.r, c.sheet, c.line, NULL, f.sheet, f.line FROM (SELECT i.r, i.sheet, i.line, "
                 "pg_catalog.count(*) OVER same AS alike, CASE WHEN min(i.r) OVER same = i.r THEN max(i.r) OVER same "
                 "ELSE min(i.r) OVER same END AS other FROM " +
                     work.staged->name() + " i WHERE " + comes(work, "i") + given + blank_before +
                     " AND NOT EXISTS (SELECT FROM " + work.id_map->name() +
                     " m WHERE m.r = i.r) WINDOW same AS (PARTITION BY " + list + ")) c JOIN " + work.staged->name() +
                     " f ON f.r = c.other WHERE c.alike > 1 ORDER BY c.r",
                 operation.tenant.args())) {
    if (!work.is_bad(std::stoll(*row[0]))) {
      report_conflict(operation, work, match_key, row);
    }
  }
}

// Rows that are new although a stored row has their key: a number that nobody has stands for the one that the database
// gives out when they are inserted. blank: the condition that row i has nothing to be recognised by; its key is then
// all there is.
void number_anew(Operation& operation, Work& work, const std::string& blank) {
  const std::optional<std::size_t> field = given_out(work);
  const std::string map = "EXISTS (SELECT FROM " + work.id_map->name() + " m WHERE ";
  const std::string taken = work.staged->name() + " i WHERE EXISTS (SELECT FROM " + stored_rows(operation, work) +
                            " WHERE " + work.same_key("i.c", "d.o") + ") AND NOT " + map + "m.r = i.r) AND NOT (true" +
                            blank + " AND NOT " + map + work.same_key("m.new", "i.c") + "))";
  work.provisional = std::make_unique<pg::Store>(work.next_name("provisional"),
                                                 std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}});
  pg::append_rows(*work.provisional, "SELECT i.r FROM " + taken, operation.tenant.args());
  work.provisional->publish();
  if (work.provisional->rows() == 0) {
    work.provisional.reset();
    return;
  }
  if (!field) {
    throw Failure(ErrorKind::duplicate_key,
                  std::to_string(work.provisional->rows()) + " rows of " + work.called() +
                      " are new, and other rows have their keys",
                  "The database gives out no keys there: enter other ones.", {work.titles.front(), 0, 0, {}});
  }
  const std::string fresh =
      free_key(operation, work, *field, work.staged->name(), "c", "pg_catalog.row_number() OVER (ORDER BY i.r)",
               {"b.r IN (SELECT n.r FROM " + work.provisional->name() + " n)"});
  std::string old_keys, new_keys;
  for (std::size_t key : work.key_fields()) {
    old_keys += ", i.c" + at(key);
    new_keys += ", " + (key == *field ? fresh : "i.c" + at(key));
  }
  pg::append_rows(*work.id_map,
                  "SELECT i.r" + old_keys + new_keys + " FROM " + work.staged->name() + " i JOIN " +
                      work.provisional->name() + " n ON n.r = i.r",
                  operation.tenant.args());
  work.id_map->publish();
}

void require_comparable(const Work& work, const std::vector<int>& match_key) {
  for (int column : match_key) {
    const registry::Column& named = work.dataset->columns[static_cast<std::size_t>(column)];
    if (!pg::is_comparable(named.type)) {
      throw Failure(ErrorKind::bad_argument,
                    "rows of data set \"" + work.dataset->name + "\" cannot be matched by column \"" + named.name +
                        "\": values of type " + named.type.name + " cannot be compared",
                    "Name another column, or give it a type whose values can be (jsonb for json).");
    }
  }
}

}  // namespace

std::string same_values(const Work& work, const std::vector<int>& match_key, const std::string& prefix) {
  require_comparable(work, match_key);
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
                 work.same_field(static_cast<std::size_t>(field), prefix + number, "d.o" + number);
    if (work.column(static_cast<std::size_t>(field)).type.column.kind == ColumnClass::text) {
      condition += " AND " + prefix + number + " <> ''";
    }
  }
  return condition;
}

std::string stored_rows(const Operation& operation, const Work& work) {
  return "(SELECT true AS here" + work.stored_list() + " FROM " + work.dataset->rows() + " t WHERE " +
         registry::tenant_predicate(*operation.model, *work.dataset, "t") + ") d";
}

bool may_find_partners(const Work& work) {
  return work.matching.by_key && !work.matching.match_keys.empty() && !work.key_fields().empty() &&
         work.id_map == nullptr;
}

bool match_rows(Operation& operation, Work& work) {
  if (!may_find_partners(work) || work.counts.inserted == 0) {
    return false;
  }
  if (!work.is_partial() && !plans_absent(work)) {
    return false;
  }
  work.id_map = make_id_map(work);
  work.id_map->publish();
  std::vector<std::int64_t> unclear;
  for (const std::vector<int>& match_key : work.matching.match_keys) {
    const std::string condition = match_key.empty() ? std::string() : same_values(work, match_key, "i.n");
    if (condition.empty()) {
      continue;
    }
    const std::string plan = work.plan->name();
    // Of a part the plan does not have the rows beside it, and one of those may be meant.
    const Side file = {plan + " i", "i.action = 'I'", "i.n"};
    const std::string rows =
        work.is_partial()
            ? candidates(
                  work, match_key, file,
                  {stored_rows(operation, work),
                   "NOT EXISTS (SELECT FROM " + work.staged->name() + " s WHERE " + work.same_key("s.c", "d.o") + ")",
                   "d.o"},
                  unclear)
            : candidates(work, match_key, file, {plan + " d", "d.action IN ('D', 'L') AND d.r < 0", "d.o"}, unclear);
    report_conflicts(operation, work, rows, match_key, unclear);
    map_partners(operation, work, rows);
  }
  if (work.id_map->rows() == 0) {
    work.id_map.reset();
    return false;
  }
  record_id_changes(work);
  take_stored_keys(operation, work);
  return true;
}

void match_as_asked(Operation& operation, Work& work) {
  if (work.matching.by_key || work.key_fields().empty() || work.id_map != nullptr) {
    return;
  }
  work.id_map = make_id_map(work);
  work.id_map->publish();
  std::string blank_before;
  std::vector<std::int64_t> unclear;
  for (const std::vector<int>& match_key : work.matching.match_keys) {
    const std::string condition = same_values(work, match_key, "i.c");
    if (condition.empty()) {
      throw Failure(ErrorKind::bad_argument,
                    "match names columns of data set \"" + work.dataset->name +
                        "\" that the file does not hold, or that are the same for all of its rows",
                    "Name columns that stand on its sheet.");
    }
    const std::string rows = candidates(work, match_key, {work.staged->name() + " i", "true", "i.c"},
                                        {stored_rows(operation, work), "true", "d.o"}, unclear);
    report_conflicts(operation, work, rows, match_key, unclear);
    map_partners(operation, work, rows);
    check_told_apart(operation, work, match_key, blank_before);
    for (int column : match_key) {
      if (const int field = work.field_of(column); field >= 0) {
        blank_before += " AND " + is_blank(static_cast<std::size_t>(field));
      }
    }
  }
  number_anew(operation, work, blank_before);
  if (work.id_map->rows() == 0) {
    work.id_map.reset();
    return;
  }
  take_stored_keys(operation, work);
}

}  // namespace rehydra::importer
