#include "importer/check_plan.h"

#include <algorithm>
#include <set>

#include "importer/constraints.h"
#include "importer/presence.h"
#include "importer/shown_value.h"
#include "pg/spi.h"
#include "pg/store_probe.h"

namespace rehydra::importer {

namespace {

// Every column is the tenant's or a field of the file.
bool all_known(const Work& work, const std::vector<int>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](int column) {
    const int field = work.field_of(column);
    return column >= 0 && (column == work.dataset->tenant_column ||
                           (field >= 0 && static_cast<std::size_t>(field) < work.staged_fields));
  });
}

// The field of a rule that a person would look at: neither a key nor a reference, if there is one.
std::size_t first_field(const Work& work, const std::vector<int>& columns) {
  const auto refers = [&](int column) {
    const auto& references = work.dataset->references;
    return std::any_of(references.begin(), references.end(), [&](const registry::Reference& reference) {
      return std::find(reference.columns.begin(), reference.columns.end(), column) != reference.columns.end();
    });
  };
  std::size_t best = 0;
  int best_rank = 3;
  for (int column : columns) {
    if (const int field = work.field_of(column); field >= 0) {
      const int rank = work.fields[static_cast<std::size_t>(field)].is_key ? 2 : refers(column) ? 1 : 0;
      best = rank < best_rank ? static_cast<std::size_t>(field) : best;
      best_rank = std::min(rank, best_rank);
    }
  }
  return best;
}

// A planned row that may not come to be: its place among inserts or updates becomes one among the rejected.
void reject_planned(Work& work, std::int64_t r, char action) {
  if (work.reject(r)) {
    --(action == 'I' ? work.counts.inserted : work.counts.updated);
    ++work.counts.rejected;
  }
}

// Where the row stands on the second sheet that gives the field; 0 for fields of the first.
std::int64_t satellite_line(const Work& work, std::size_t field, const std::string& r) {
  const std::size_t sheet = work.fields[field].sheet;
  if (sheet == 0) {
    return 0;
  }
  const auto line = pg::query_value("SELECT s.line" + at(sheet) + " FROM " + work.staged->name() + " s WHERE s.r = $1",
                                    pg::Args().integer(std::stoll(r)));
  return line ? std::stoll(*line) : 0;
}

void add_error(Operation& operation, Work& work, std::size_t field, const pg::TextRow& row, ErrorKind kind,
               std::string message, std::string hint) {
  // row: r, sheet, line, action, key, value
  reject_planned(work, std::stoll(*row[0]), (*row[3])[0]);
  RowError error;
  error.error = {kind,
                 std::move(message),
                 {},
                 std::move(hint),
                 work.where(field, std::stoll(*row[1]), std::stoll(*row[2]), satellite_line(work, field, *row[0]))};
  error.dataset = work.dataset->name;
  error.row_key = row[4].value_or("");
  error.column = work.column(field).name;
  error.value = shown_value(row[5].value_or(""));
  error.r = std::stoll(*row[0]);
  operation.errors->add_row(std::move(error));
}

void check_expression(Operation& operation, Work& work, const registry::Check& constraint) {
  if (constraint.columns.empty() || !all_known(work, constraint.columns)) {
    return;  // about the whole row, or about values that only the database has
  }
  std::string values;
  for (std::size_t i = 0; i < constraint.columns.size(); ++i) {
    values += ", " + work.value_sql(constraint.columns[i], "n") + " AS " + pg::quote_identifier(constraint.read_as[i]);
  }
  const std::size_t field = first_field(work, constraint.columns);
  const auto rows = pg::query(
      "SELECT \"rehydra r\", \"rehydra sheet\", \"rehydra line\", \"rehydra action\", \"rehydra key\", \"rehydra "
      "value\" FROM (SELECT r "
      "AS \"rehydra r\", sheet AS \"rehydra sheet\","
      " line AS \"rehydra line\", action AS \"rehydra action\", " +
          work.key_text("n") + " AS \"rehydra key\", " + shown_text_of("n" + at(field)) + " AS \"rehydra value\"" +
          values + " FROM " + work.plan->name() + " p WHERE action IN ('I', 'U')) planned WHERE NOT (" +
          constraint.expression + ") ORDER BY 1",
      operation.tenant.args());
  for (const pg::TextRow& row : rows) {
    add_error(operation, work, field, row, ErrorKind::check_violation,
              "the row breaks the rule \"" + constraint.name + "\": " + constraint.expression, "Correct the value.");
  }
}

bool may_break(const Work& work, const UniqueRule& rule) {
  if (work.counts.inserted != 0) {
    return true;
  }
  std::string touched;
  for (int column : rule.columns) {
    if (const int field = work.field_of(column); field >= 0) {
      touched += (touched.empty() ? "" : " OR ") + is_written("mask", static_cast<std::size_t>(field));
    }
  }
  return !touched.empty() && work.counts.updated != 0 &&
         pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.plan->name() + " p WHERE action = 'U' AND (" +
                         touched + ") LIMIT 1) touched") != 0;
}

// "a.c1 = b.c1 AND ..." of two aliases with their prefixes, the tenant column left out.
std::string same_values(const Work& work, const UniqueRule& rule, const std::string& left, const std::string& right) {
  std::string condition;
  for (int column : rule.columns) {
    if (column != work.dataset->tenant_column) {
      const auto field = static_cast<std::size_t>(work.field_of(column));
      condition += (condition.empty() ? "" : " AND ") + work.same_field(field, left + at(field), right + at(field));
    }
  }
  return condition.empty() ? "true" : condition;
}

// Rows of the file that will hold what it says: not those that leave theirs as they are stored.
struct Coming {
  const pg::Store& store;
  std::string rows, prefix;
};

Coming coming_rows(const Operation& operation, const Work& work) {
  if (may_keep_stored(operation, work)) {
    return {work.plan->store(), work.plan->name() + " s WHERE s.action IN ('I', 'U')", "n"};
  }
  return {*work.staged, work.staged->name() + " s WHERE " + comes(work, "s"), "c"};
}

// One error a row, against the first row that has the values. Where rows may be left out, none of them is taken for the
// right one.
void check_unique_in_file(Operation& operation, Work& work, const UniqueRule& rule) {
  const Coming coming = coming_rows(operation, work);
  std::string list, not_null;
  std::vector<std::string> columns;
  for (int column : rule.columns) {
    if (column != work.dataset->tenant_column) {
      const std::string value = coming.prefix + at(static_cast<std::size_t>(work.field_of(column)));
      list += (list.empty() ? "" : ", ") + value;
      not_null += " AND " + value + " IS NOT NULL";
      columns.push_back(value);
    }
  }
  if (list.empty() || pg::surely_distinct(coming.store, columns)) {
    return;
  }
  const std::string twice = "SELECT " + list + ", min(r) AS first, max(r) AS last FROM " + coming.rows + not_null +
                            " GROUP BY " + list + " HAVING count(*) > 1";
  if (pg::query_count("SELECT count(*) FROM (" + twice + ") d") == 0) {
    return;
  }
  const std::size_t field = first_field(work, rule.columns);
  pg::for_each_row(
      "SELECT p.r, p.sheet, p.line, p.action, " + work.key_text("p.n") + ", " + shown_text_of("p.n" + at(field)) +
          ", o.sheet, o.line FROM (" + twice + ") d JOIN " + work.plan->name() + " p ON p.action IN ('I', 'U')" +
          (operation.policy.skip_errors ? std::string()
                                        : " AND (p.r <> d.first OR NOT EXISTS (SELECT FROM " + work.plan->name() +
                                              " other WHERE other.r = d.last AND other.action IN ('I', 'U')))") +
          " AND " + same_values(work, rule, "d." + coming.prefix, "p.n") + " JOIN " + work.staged->name() +
          " o ON o.r = CASE WHEN p.r = d.first THEN d.last ELSE d.first END ORDER BY p.r",
      {}, [&](const pg::TextRow& row) {
        const Location other = work.where(field, std::stoll(*row[6]), std::stoll(*row[7]));
        add_error(operation, work, field, row, ErrorKind::duplicate_key,
                  "the value must be unique (\"" + rule.name + "\") and stands also in " +
                      container_name(other.container, other.sheet) + ", " + place_name(other),
                  "Change one of them.");
      });
}

// Stored rows that this import leaves as they are hold their values.
void check_unique_in_table(Operation& operation, Work& work, const UniqueRule& rule) {
  std::string same;
  for (int column : rule.columns) {
    if (column != work.dataset->tenant_column) {
      const auto field = static_cast<std::size_t>(work.field_of(column));
      same += " AND " + work.same_field(field, "t." + pg::quote_identifier(work.column(field).name), "p.n" + at(field));
    }
  }
  const std::size_t field = first_field(work, rule.columns);
  for (const pg::TextRow& row : pg::query(
           "SELECT p.r, p.sheet, p.line, p.action, " + work.key_text("p.n") + ", " + shown_text_of("p.n" + at(field)) +
               " FROM " + work.plan->name() + " p WHERE p.action IN ('I', 'U') AND EXISTS (SELECT FROM " +
               work.dataset->rows() + " t WHERE " + registry::tenant_predicate(*operation.model, *work.dataset, "t") +
               same + " AND " + stays_as_it_is(operation, work, "t") + ") ORDER BY p.r",
           operation.tenant.args())) {
    add_error(operation, work, field, row, ErrorKind::duplicate_key,
              "the value must be unique (\"" + rule.name + "\") and is held by a row that stays as it is",
              "Change it, or import that row too.");
  }
}

// A row that the plan deletes, by its key: because the file lacks it, or because it is marked.
struct Doomed {
  std::string key;
  bool absent = false;
};

// Rows to be deleted that rows of the other table refer to, of those that `which` says of them (alias c). Nothing where
// the file does not hold what the other table refers to.
std::vector<Doomed> rows_referred_to(const Operation& operation, const Work& work, const DependentReference& reference,
                                     const std::string& which) {
  std::vector<Doomed> rows;
  std::string same;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string value = reference.columns[i] < 0 ? "" : work.value_sql(reference.columns[i], "p.o");
    if (value.empty()) {
      return rows;
    }
    const pg::Type& type = work.dataset->columns[static_cast<std::size_t>(reference.columns[i])].type;
    same += " AND " + pg::equal_sql(type, value, type, "c." + reference.child_columns[i]);
  }
  pg::for_each_row("SELECT " + work.key_text("p.o") + ", p.r < 0 FROM " + work.plan->name() +
                       " p WHERE p.action = 'D' AND EXISTS (SELECT FROM " + reference.child_name + " c WHERE " + which +
                       same + ") ORDER BY 1",
                   operation.tenant.args(), [&](const pg::TextRow& row) {
                     rows.push_back({row[0].value_or(""), *row[1] == "t"});
                   });
  return rows;
}

// As the other table's owner, as PostgreSQL's own check asks: yes or no, a row of ours at a time.
std::vector<Doomed> rows_of_others(const Operation& operation, const Work& work, const DependentReference& reference) {
  const pg::RoleScope owner(reference.child_owner,
                            SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
  return rows_referred_to(operation, work, reference, "true");
}

// A stored row of the import's own data sets refers to what it refers to now, unless its plan says otherwise. Where all
// of them are the file's, each was seen to lead somewhere.
std::vector<Doomed> rows_left_behind(const Operation& operation, const Work& work, const Work& child,
                                     const DependentReference& reference) {
  if (replaces_all(child)) {
    return {};
  }
  std::string which = registry::tenant_predicate(*operation.model, *child.dataset, "c");
  if (!child.dataset->keyless()) {
    std::string rewritten = "false";
    for (std::size_t field = 0; field < child.fields.size(); ++field) {
      const std::string name = pg::quote_identifier(child.column(field).name);
      if (std::find(reference.child_columns.begin(), reference.child_columns.end(), name) !=
          reference.child_columns.end()) {
        rewritten += " OR " + is_written("q.mask", field);
      }
    }
    which += " AND NOT EXISTS (SELECT FROM " + child.plan->name() + " q WHERE (q.action = 'D' OR q.action = 'U' AND (" +
             rewritten + ")) AND " + child.key_join("q.o", "c") + ")";
  }
  return rows_referred_to(operation, work, reference, which);
}

void add_blocked(Operation& operation, const Work& work, const DependentReference& reference, const Doomed& row) {
  RowError error;
  error.error = {ErrorKind::blocked_delete,
                 "row " + row.key + (row.absent ? " is not in the file and" : "") + " cannot be deleted: table " +
                     reference.child_name + " still refers to it",
                 "Foreign key \"" + reference.constraint + "\".",
                 reference.restricts() ? "Put the row back into the sheet, or remove what refers to it first."
                                       : "Deleting it would change rows that are not part of this import: put the row "
                                         "back, or import with that table's data set.",
                 {work.titles.front(), 0, 0, {}}};
  error.dataset = work.dataset->name;
  error.row_key = row.key;
  operation.errors->add_row(std::move(error));
}

// Rows of other tables that refer to what would be deleted: where the database forbids the delete, or would carry it on
// into data sets that this import does not cover, it is blocked; what it does to tables nobody registered is said.
void check_dependents(Operation& operation, Work& work) {
  std::set<std::string> blocked;
  for (const DependentReference& reference : dependent_references(*work.dataset)) {
    const auto same_table = [&](const auto& other) { return other.relation == reference.child; };
    const auto child = std::find_if(operation.works.begin(), operation.works.end(),
                                    [&](const Work& other) { return same_table(*other.dataset); });
    const bool in_scope = child != operation.works.end();
    const std::vector<Doomed> rows =
        in_scope ? rows_left_behind(operation, work, *child, reference) : rows_of_others(operation, work, reference);
    const bool registered =
        in_scope || std::any_of(operation.model->datasets.begin(), operation.model->datasets.end(), same_table);
    if (!rows.empty() && !reference.restricts() && !registered) {
      operation.errors->warn("deleting " + std::to_string(rows.size()) + " rows of " + work.called() +
                             " also changes rows of table " + reference.child_name + " (foreign key \"" +
                             reference.constraint + "\")");
      continue;
    }
    for (const Doomed& row : rows) {
      if (blocked.insert(row.key).second) {
        add_blocked(operation, work, reference, row);
      }
    }
  }
  work.counts.blocked = blocked.size();
  work.counts.deleted -= blocked.size();
}

void check_share(Operation& operation, const Work& work) {
  constexpr std::uint64_t small = 20;
  const std::uint64_t deletes = work.counts.deleted + work.counts.blocked;
  if (!operation.cap_deletes || work.counts.compared <= small ||
      static_cast<double>(deletes) <= operation.max_delete * static_cast<double>(work.counts.compared)) {
    return;
  }
  const auto percent = static_cast<int>(operation.max_delete * 100 + 0.5);
  RowError error;
  error.error = {ErrorKind::too_many_deletes,
                 "the import would delete " + std::to_string(deletes) + " of " + std::to_string(work.counts.compared) +
                     " rows, more than " + std::to_string(percent) + " %",
                 {},
                 "If that is meant, allow it: options => '{\"max_delete\": 1.0}'.",
                 {work.titles.front(), 0, 0, {}}};
  error.dataset = work.dataset->name;
  operation.errors->add_row(std::move(error));
}

}  // namespace

void check_insertable(Operation& operation, const Work& work) {
  if (work.counts.inserted == 0) {
    return;
  }
  for (std::size_t i = 0; i < work.dataset->columns.size(); ++i) {
    const registry::Column& column = work.dataset->columns[i];
    const bool needed = column.not_null && !column.has_default && !column.generated &&
                        static_cast<int>(i) != work.dataset->tenant_column;
    if (needed && work.field_of(static_cast<int>(i)) < 0) {
      operation.errors->add({ErrorKind::null_value,
                             "new rows need a value for column \"" + column.name + "\", which the file does not hold",
                             {},
                             "Export with a registration that shows the column, or give it a default.",
                             {work.titles.front(), 0, 0, {}}});
    }
  }
}

void check_rows(Operation& operation, Work& work) {
  if (work.counts.inserted + work.counts.updated != 0) {
    for (const registry::Check& constraint : check_constraints(*work.dataset)) {
      check_expression(operation, work, constraint);
    }
    for (const registry::Check& rule : work.dataset->checks) {
      check_expression(operation, work, rule);
    }
    for (const UniqueRule& rule : work.unique_rules()) {
      if (all_known(work, rule.columns) && may_break(work, rule)) {
        check_unique_in_file(operation, work, rule);
        if (!replaces_all(work)) {
          check_unique_in_table(operation, work, rule);
        }
      }
    }
  }
}

void check_deletes(Operation& operation, Work& work) {
  if (work.counts.deleted != 0) {
    check_dependents(operation, work);
    check_share(operation, work);
  }
}

}  // namespace rehydra::importer
