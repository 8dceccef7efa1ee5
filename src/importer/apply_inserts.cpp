// Job: insert rows in bounded batches, in the order of the widest unique key, and give keys to those that need one.
#include <algorithm>

#include "importer/apply.h"
#include "importer/constraints.h"
#include "importer/free_keys.h"
#include "importer/id_map.h"
#include "importer/plan_facts.h"
#include "importer/replan.h"
#include "importer/sequences.h"
#include "importer/sql_rows.h"
#include "pg/progress.h"
#include "pg/store_rows.h"
#include "pg/subtransaction.h"

namespace rehydra::importer {

namespace {

std::string here(const Operation& operation, const Work& work) {
  return registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " + work.key_join("p.n", "t");
}

// The widest unique key is the index with the most random insertions: in its order they are sequential. By its first
// column is enough, where the plan's rows come in that order without a sort.
std::string insert_order(const Work& work) {
  std::vector<int> widest = work.dataset->key;
  for (const UniqueRule& rule : work.unique_rules()) {
    const bool given = std::all_of(rule.columns.begin(), rule.columns.end(),
                                   [&](int column) { return !work.value_sql(column, "p.n").empty(); });
    if (given && rule.columns.size() > widest.size()) {
      widest = rule.columns;
    }
  }
  widest.erase(std::remove(widest.begin(), widest.end(), work.dataset->tenant_column), widest.end());
  if (!widest.empty() && comes_in_order(work, widest.front())) {
    return {};
  }
  std::string order;
  for (int column : widest) {
    order += (order.empty() ? " ORDER BY " : ", ") + work.value_sql(column, "p.n");
  }
  return order;
}

// Only a key that the database itself keeps unique, and at once, can be asked for; rows without one are never taken.
std::string on_taken_key(const Work& work) {
  if (work.dataset->keyless() || !key_holds_at_once(*work.dataset)) {
    return {};
  }
  std::string columns;
  for (int column : work.dataset->key) {
    columns += (columns.empty() ? "" : ", ") +
               pg::quote_identifier(work.dataset->columns[static_cast<std::size_t>(column)].name);
  }
  return " ON CONFLICT (" + columns + ") DO NOTHING";
}

// What the server has counted for the table in this transaction, rows that were taken back included.
std::uint64_t counted_inserts(const Work& work) {
  return static_cast<std::uint64_t>(
      pg::query_count("SELECT pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(relid))::pg_catalog.int8 FROM "
                      "(SELECT $1 UNION "
                      "SELECT relid FROM pg_catalog.pg_partition_tree($1)) AS parts (relid)",
                      pg::Args().datum(REGCLASSOID, ObjectIdGetDatum(work.dataset->relation))));
}

// What is the same for all statements of a data set.
struct Insertion {
  std::string order, on_taken;
  bool asks_at_once = false;         // whether a key is taken
  bool links_own_rows = false;       // all rows come in one statement, with their references to each other
  bool has_insert_policies = false;  // of the application; looked up where rows are linked
};

// With triggers it is asked at once: what those did elsewhere before a refusal would be counted, too.
Insertion insertion_of(const Work& work) {
  Insertion insertion{insert_order(work), on_taken_key(work)};
  insertion.asks_at_once =
      insertion.on_taken.empty() || work.write_checks == Checks::held || has_user_triggers(*work.dataset);
  return insertion;
}

// A key that is taken; and of rows that come with their references to each other whatever else refuses them, since a
// constraint may meet rows that are updated only later, and a policy may look for the rows that they lead to, which it
// sees only when they are there. A policy for INSERT alone has said its word: it is not asked about updates.
bool may_pass_otherwise(const Insertion& insertion, int sqlstate) {
  return sqlstate == ERRCODE_UNIQUE_VIOLATION ||
         (insertion.links_own_rows && ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION) ||
         (insertion.links_own_rows && sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE && !insertion.has_insert_policies);
}

// Keys are hardly ever taken, and asking first costs a sixth of an insert: it is asked only after a refusal. Whatever
// else refused the rows refuses them again.
template <class Insert>
std::uint64_t insert_unless_taken(const Work& work, const Insertion& insertion, Steps& steps, Insert insert) {
  if (insertion.asks_at_once) {
    return insert(insertion.on_taken);
  }
  const std::uint64_t before = counted_inserts(work);
  std::uint64_t inserted = 0;
  const pg::Ending ending = pg::in_subtransaction(
      [&] {
        inserted = insert("");
        return true;
      },
      [&](const pg::ServerError& error) { return may_pass_otherwise(insertion, error.sqlstate()); });
  if (ending == pg::Ending::kept) {
    return inserted;
  }
  steps.inserted += counted_inserts(work) - before;
  return insert(insertion.on_taken);
}

// "INSERT INTO t (...) OVERRIDING SYSTEM VALUE SELECT ..." of what a row of that mask gives. Where a reference has to
// wait, NULL stands for it and not its default.
std::string insert_into(const Work& work, const std::string& mask, bool links_own_rows) {
  std::string columns, values;
  if (work.dataset->tenant_column >= 0) {
    const auto tenant = static_cast<std::size_t>(work.dataset->tenant_column);
    columns = ", " + pg::quote_identifier(work.dataset->columns[tenant].name);
    values = ", $1";
  }
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (mask[field] != '1') {
      continue;
    }
    const Linked when = work.when_linked(field);
    const bool waits = when == Linked::last || (when == Linked::with_own_rows && !links_own_rows);
    columns += ", " + pg::quote_identifier(work.column(field).name);
    values += ", " + (waits ? "NULL" : "p.n" + at(field));
  }
  return "INSERT INTO " + work.dataset->qualified() + " (" + columns.substr(2) + ") OVERRIDING SYSTEM VALUE SELECT " +
         values.substr(2);
}

std::string among(const pg::Store* only) {
  return only == nullptr ? std::string()
                         : " AND EXISTS (SELECT FROM " + only->name() + " k WHERE k.r OPERATOR(pg_catalog.=) p.r)";
}

// only: just these rows (r); all for nullptr.
std::uint64_t insert_batch(const Operation& operation, Work& work, const InsertBatch& batch, const Insertion& insertion,
                           const pg::Store* only, Steps& steps) {
  std::vector<const pg::Store*> stores = {&work.plan->store()};
  if (only != nullptr) {
    stores.push_back(only);
  }
  const std::string from = " FROM " + batch.rows + " p WHERE " + action_is("p", 'I') +
                           " AND p.mask OPERATOR(pg_catalog.=) $2" + among(only) + insertion.order;
  const pg::Args args = operation.tenant.args().text(batch.mask);
  return insert_unless_taken(work, insertion, steps, [&](const std::string& on_taken) {
    work.own_rows_linked = insertion.links_own_rows && on_taken.empty();
    const std::string sql = insert_into(work, batch.mask, work.own_rows_linked) + from;
    return work.write_checks == Checks::held ? change(operation, Checks::held, sql + on_taken, args)
                                             : insert(operation, sql + on_taken, args, stores);
  });
}

bool refers_to_own_rows(const Work& work) {
  return std::find(work.linked.begin(), work.linked.end(), Linked::with_own_rows) != work.linked.end();
}

std::uint64_t insert_planned(const Operation& operation, Work& work, const pg::Store* only, Steps& steps) {
  Insertion insertion = insertion_of(work);
  const std::vector<InsertBatch> batches = insert_batches(work, among(only));
  // Where a key is taken, its row does not come, and others may refer to it: then their references wait.
  insertion.links_own_rows =
      refers_to_own_rows(work) && only == nullptr && !insertion.asks_at_once && batches.size() == 1;
  insertion.has_insert_policies = insertion.links_own_rows && has_insert_policies(*work.dataset);
  std::uint64_t inserted = 0;
  // The server keeps an event a row and foreign key until a statement ends.
  for (const InsertBatch& batch : batches) {
    const std::uint64_t of_batch = insert_batch(operation, work, batch, insertion, only, steps);
    pg::progress::rows(of_batch);
    inserted += of_batch;
  }
  return inserted;
}

// Rows for which condition holds get value as their key, and write it.
void allocate_keys(const Operation& operation, Work& work, std::size_t field, const std::string& condition,
                   const std::string& value, const std::string& joins) {
  const std::string number = at(field);
  rewrite_plan(
      operation, work, {{field, "CASE WHEN " + condition + " THEN " + value + " ELSE p.n" + number + " END"}},
      "CASE WHEN " + condition + " THEN pg_catalog.overlay(p.mask, '1', " + at(field + 1) + ", 1) ELSE p.mask END",
      joins);
}

std::string next_key(const Work& work, std::size_t field) {
  return "(" + default_expression(*work.dataset, work.column(field)) + ")";
}

void allocate_blank_keys(const Operation& operation, Work& work, bool dry_run) {
  const std::optional<std::size_t> field = given_out(work);
  if (!field) {
    return;
  }
  if (!inserts_null(work, *field)) {
    return;
  }
  const std::string blank = "p.action = 'I' AND p.n" + at(*field) + " IS NULL";
  const bool counted = work.column(*field).type.column.kind == ColumnClass::integer;
  if (dry_run && counted) {  // no sequence is raised: the numbers are rolled back with the rest
    allocate_keys(operation, work, *field, blank, free_key(operation, work, *field, work.plan->name(), "n", "p.r"), {});
  } else {
    if (!dry_run) {
      raise_sequences(work);  // above the keys that the file brings, so that none of them is given out
    }
    allocate_keys(operation, work, *field, blank, next_key(work, *field), {});
  }
}

std::string key_list(const Work& work, const std::string& alias) {
  std::string list;
  for (std::size_t key : work.key_fields()) {
    list += ", " + alias + ".n" + at(key);
  }
  return list;
}

// What the database would give out for the rows k: a dry run takes the numbers above without drawing them.
std::string next_or_free_key(const Operation& operation, const Work& work, const pg::Store& rows, std::size_t field,
                             bool dry_run) {
  if (!dry_run || work.column(field).type.column.kind != ColumnClass::integer) {
    return next_key(work, field);
  }
  return free_key(operation, work, field, work.plan->name(), "n", "k.nth",
                  {"b.r IN (SELECT n.r FROM " + rows.name() + " n)", last_given_out(work, field)});
}

// The rows (r) get keys that the database gives out, and every reference in the plans follows.
void renumber(Operation& operation, Work& work, const pg::Store& rows, std::size_t field, bool dry_run) {
  auto ids = make_id_map(work);
  pg::append_rows(*ids,
                  "SELECT p.r" + key_list(work, "p") + key_list(work, "p") + " FROM " + work.plan->name() + " p JOIN " +
                      rows.name() + " k ON k.r = p.r",
                  operation.tenant.args());
  ids->publish();
  allocate_keys(operation, work, field, "k.r IS NOT NULL", next_or_free_key(operation, work, rows, field, dry_run),
                "LEFT JOIN (SELECT n.r, pg_catalog.row_number() OVER (ORDER BY n.r) AS nth FROM " + rows.name() +
                    " n) k ON k.r = p.r");
  auto map = make_id_map(work);
  std::string old_keys;
  for (std::size_t key : work.key_fields()) {
    old_keys += ", i.old" + at(key);
  }
  pg::append_rows(*map,
                  "SELECT p.r" + old_keys + key_list(work, "p") + " FROM " + work.plan->name() + " p JOIN " +
                      ids->name() + " i ON i.r = p.r",
                  operation.tenant.args());
  map->publish();
  work.id_map = std::move(map);
  work.renumbered = true;
  record_id_changes(work);
  for (Work& other : operation.works) {
    if (other.plan->rows() != 0) {
      follow_ids_in_plan(operation, other, work);
    }
  }
}

void renumber_provisional(Operation& operation, Work& work) {
  if (const std::optional<std::size_t> field = given_out(work); field && work.provisional != nullptr) {
    raise_sequences(work);
    renumber(operation, work, *work.provisional, *field, false);
  }
}

// Rows whose key somebody else holds: nobody may see who, the insert itself said so.
void give_new_keys(Operation& operation, Work& work, std::uint64_t missing, bool dry_run, Steps& steps) {
  const std::string absent =
      "NOT EXISTS (SELECT FROM " + work.dataset->rows() + " t WHERE " + here(operation, work) + ")";
  auto taken = std::make_unique<pg::Store>(work.next_name("taken"),
                                           std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}});
  pg::append_rows(*taken, "SELECT p.r FROM " + work.plan->name() + " p WHERE p.action = 'I' AND " + absent,
                  operation.tenant.args(), pg::Access::read_write);
  taken->publish();
  const std::optional<std::size_t> field = given_out(work);
  if (taken->rows() != missing || !field) {
    throw Failure(taken->rows() == missing ? ErrorKind::duplicate_key : ErrorKind::conflict,
                  std::to_string(missing) + " rows of " + work.called() + " have keys that are taken",
                  "Run the import again, or give those rows other keys.", {work.titles.front(), 0, 0, {}});
  }
  if (!dry_run) {
    raise_sequences(work);  // numbers that the file brings are not given out again
  }
  renumber(operation, work, *taken, *field, dry_run);
  const std::uint64_t again = insert_planned(operation, work, taken.get(), steps);
  if (again != missing) {
    throw Failure(ErrorKind::duplicate_key, "new keys of " + work.called() + " are taken as well",
                  "Raise the sequence of its key above the keys in use.", {work.titles.front(), 0, 0, {}});
  }
}

}  // namespace

void insert_rows(Operation& operation, Work& work, bool dry_run, Steps& steps) {
  if (work.counts.inserted == 0) {
    return;
  }
  allocate_blank_keys(operation, work, dry_run);
  if (!dry_run) {
    renumber_provisional(operation, work);
  }
  const std::uint64_t inserted = insert_planned(operation, work, nullptr, steps);
  if (inserted != work.counts.inserted) {
    give_new_keys(operation, work, work.counts.inserted - inserted, dry_run, steps);
  }
  steps.inserted += work.counts.inserted;
}

}  // namespace rehydra::importer
