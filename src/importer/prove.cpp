#include "importer/prove.h"

#include "importer/constraints.h"
#include "importer/few_rows.h"
#include "importer/key_order.h"
#include "importer/row_identity.h"
#include "importer/sql_rows.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

[[noreturn]] void unproven(const Work& work, const std::string& what) {
  throw Failure(
      ErrorKind::proof_failed,
      "after the import, " + what + " of " + work.called() + " is not what was planned; nothing was kept",
      "Look for rules, triggers or policies of table " + work.dataset->qualified() + " that rehydra cannot see.");
}

// Written fields of new rows, all given fields of updated ones.
std::string compared(std::size_t field) {
  return "(p.action = 'U' OR " + is_written("p.mask", field) + ")";
}

struct Found {
  std::uint64_t stored = 0;     // rows of the tenant
  std::uint64_t changed = 0;    // of them in the plan
  std::uint64_t differing = 0;  // planned rows that are not wholly what was planned
};

// The condition by which few planned rows are found alone; empty where all of the tenant's rows are read.
std::string few_planned(const Work& work) {
  return among_few(work, "n", "p.action IN ('I', 'U')", work.counts.inserted + work.counts.updated);
}

// Of how many rows each condition is true: what is stored (t) beside what was planned (p). A full join has no plan that
// compares each row with each: the server's statistics know nothing of rows that were inserted a moment ago, and take a
// million of them for one.
std::vector<std::uint64_t> count_rows(const Operation& operation, const Work& work,
                                      const std::vector<std::string>& conditions) {
  const std::string few = few_planned(work);
  const OwnRows own(operation, work, pg::Access::read_write);
  const bool keyless = work.dataset->keyless();
  // A row that the server keeps, to count or to join it, cannot have the values of both.
  const std::string apart = work.plan->is_split() ? " OFFSET 0" : "";
  std::string planned = "p.action, p.mask", answers, counts;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    planned += ", p.n" + at(field);
  }
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    answers += (i == 0 ? "" : ", ") + conditions[i] + " AS a" + at(i);
    counts += (i == 0 ? "" : ", ") + std::string("pg_catalog.count(*) FILTER (WHERE x.a") + at(i) + ")";
  }
  const pg::TextRow row =
      pg::query("SELECT " + counts + " FROM (SELECT " + answers + " FROM (SELECT " + planned +
                    (keyless ? numbered(work, "p.n") : "") + " FROM " + work.plan->name() +
                    " p WHERE action IN ('I', 'U')" + apart + ") p " +
                    (work.is_partial() || !few.empty() ? "LEFT" : "FULL") + " JOIN (SELECT true AS here" +
                    work.stored_list() + (keyless ? numbered_stored(work, "t") : "") + " FROM " + work.dataset->rows() +
                    " t WHERE " + own.predicate("t") + few + ") t ON " +
                    (keyless ? same_row("p", "t") : work.same_key("p.n", "t.o")) + apart + ") x",
                own.args(), pg::Access::read_write)
          .at(0);
  std::vector<std::uint64_t> found;
  for (const auto& count : row) {
    found.push_back(std::stoull(*count));
  }
  return found;
}

// Whether the row's coming values have the images of the stored ones. Only inside a guard.
bool is_as_planned(const Work& work, const pg::Batch& rows, std::size_t row, std::size_t first, std::size_t stored) {
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    const std::size_t planned = first + field;
    const bool is_null = rows.is_null(row, planned);
    if (is_null != rows.is_null(row, stored + field) ||
        (!is_null &&
         !pg::same_image(work.column(field).type, rows.value(row, planned), rows.value(row, stored + field)))) {
      return false;
    }
  }
  return true;
}

// Planned rows without a key are not seen.
Found compare_in_key_order(const Operation& operation, const Work& work, std::size_t key) {
  const OwnRows own(operation, work, pg::Access::read_write);
  pg::MergedRows rows(work.plan->store(), "n" + at(key), pg::MergedRows::Join::full,
                      stored_in_key_order(own, work, key, few_planned(work)), key, own.args(), pg::Access::read_write);
  const std::size_t here = work.plan->store().columns();
  const std::size_t first = work.plan->store().column("n0");
  Found found;
  for (std::size_t count = rows.fetch(); count != 0; count = rows.fetch()) {
    pg::call([&] {
      for (std::size_t row = 0; row < count; ++row) {
        const bool is_stored = !rows.is_null(row, here);
        const bool is_planned = !rows.is_null(row, 0);
        found.stored += is_stored ? 1 : 0;
        found.changed += is_stored && is_planned ? 1 : 0;
        found.differing += is_planned && !is_as_planned(work, rows, row, first, here + 1) ? 1 : 0;
      }
    });
  }
  rows.close();
  return found;
}

Found compare_in_any_order(const Operation& operation, const Work& work) {
  std::string planned, stored;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    planned += (field == 0 ? "p.n" : ", p.n") + at(field);
    stored += (field == 0 ? "t.o" : ", t.o") + at(field);
  }
  const std::vector<std::uint64_t> rows = count_rows(
      operation, work,
      {"t.here", "t.here AND p.action IS NOT NULL", "p.action IS NOT NULL AND " + images_differ(planned, stored)});
  return {rows[0], rows[1], rows[2]};
}

// One comparison a row; which columns differ is only asked where any does.
Found compare_rows(const Operation& operation, const Work& work) {
  const auto key = merge_key(work, work.plan->store(), "n");
  Found found = key ? compare_in_key_order(operation, work, *key) : compare_in_any_order(operation, work);
  if (!few_planned(work).empty() && !work.is_partial()) {
    found.stored = count_stored_rows(operation, work, pg::Access::read_write);
  }
  return found;
}

std::vector<std::uint64_t> differences(const Operation& operation, const Work& work) {
  std::vector<std::string> conditions;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    conditions.push_back(compared(field) + " AND " + images_differ("p.n" + at(field), "t.o" + at(field)));
  }
  return count_rows(operation, work, conditions);
}

// Planned rows of which the database fills in a column.
std::uint64_t rows_with_defaults(const Work& work) {
  if (const std::string* mask = work.plan->only_mask(); mask != nullptr && mask->find('0') == std::string::npos) {
    return 0;
  }
  return static_cast<std::uint64_t>(pg::query_count("SELECT count(*) FROM " + work.plan->name() +
                                                    " p WHERE action = 'I' AND pg_catalog.strpos(mask, '0') > 0"));
}

}  // namespace

std::string counter_name(const registry::Dataset& dataset) {
  return dataset.qualified();
}

Counters read_counters() {
  const registry::Bookkeeper bookkeeper;
  Counters counters;
  for (const pg::TextRow& row : pg::query(
           "SELECT '\"' || pg_catalog.replace(n.nspname, '\"', '\"\"') || '\".\"' || pg_catalog.replace(c.relname, "
           "'\"', '\"\"') || '\"',"
           " pg_catalog.sum(x.inserted), pg_catalog.sum(x.updated), pg_catalog.sum(x.deleted)"
           " FROM (SELECT COALESCE(pg_catalog.pg_partition_root(oid), oid) AS root, "
           "pg_catalog.pg_stat_get_xact_tuples_inserted(oid) AS inserted,"
           " pg_catalog.pg_stat_get_xact_tuples_updated(oid) AS updated, "
           "pg_catalog.pg_stat_get_xact_tuples_deleted(oid) AS deleted"
           " FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace <> 'pg_catalog'::regnamespace) x"
           " JOIN pg_catalog.pg_class c ON c.oid = x.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " WHERE x.inserted + x.updated + x.deleted > 0 AND n.nspname <> 'rehydra' GROUP BY 1")) {
    counters[*row[0]] = {std::stoull(*row[1]), std::stoull(*row[2]), std::stoull(*row[3])};
  }
  return counters;
}

void prove_rows(Operation& operation, Work& work, const Steps& beyond_plan, std::vector<SideEffect>& side_effects) {
  const std::uint64_t planned = work.counts.inserted + work.counts.updated;
  const Found found = planned != 0        ? compare_rows(operation, work)
                      : work.is_partial() ? Found{}
                                          : Found{count_stored_rows(operation, work, pg::Access::read_write), 0, 0};
  const bool as_planned = found.changed == planned && found.differing == 0;
  const bool triggers = !as_planned && has_user_triggers(*work.dataset);
  // A row without a key that got a default or was changed by a trigger is not recognised: only the counts tell.
  const bool unrecognised = work.dataset->keyless() && found.changed < planned &&
                            (triggers || rows_with_defaults(work) >= planned - found.changed);
  if (found.changed != planned && !unrecognised) {
    unproven(work, "the number of changed rows");
  }
  if (unrecognised && triggers) {
    side_effects.push_back({work.dataset->name, {}, 0, planned - found.changed, 0});
  }
  const std::vector<std::uint64_t> differing =
      found.differing != 0 ? differences(operation, work) : std::vector<std::uint64_t>();
  for (std::size_t field = 0; field < differing.size(); ++field) {
    if (differing[field] != 0 && !triggers) {
      unproven(work, "column \"" + work.fields[field].header + "\"");
    }
    if (differing[field] != 0) {
      side_effects.push_back({work.dataset->name, work.column(field).name, 0, differing[field], 0});
    }
  }
  if (work.is_partial()) {
    return;  // of a part only what was changed is known; rows beside it come and go as they like
  }
  // What triggers and cascades added or took is in the server's counters: anything else came or went in another
  // session.
  if (found.stored != work.counts.after() + beyond_plan.inserted - beyond_plan.deleted) {
    throw Failure(ErrorKind::conflict,
                  "rows of " + work.called() + " were added or deleted by another session while the import ran",
                  "Run the import again.", {work.titles.front(), 0, 0, {}});
  }
  work.counts.after_counted = found.stored;
}

void recount_rows(const Operation& operation, Work& work) {
  work.counts.after_counted = count_stored_rows(operation, work, pg::Access::read_write);
}

// A reference that follows a new key was not in the file as it is now: it must lead to a row that this tenant sees.
void prove_references(const Operation& operation, const Work& work) {
  for (const registry::Reference& reference : work.dataset->references) {
    const registry::Dataset& parent = operation.model->datasets[static_cast<std::size_t>(reference.parent)];
    std::string linked, given;
    for (std::size_t i = 0; i < reference.columns.size(); ++i) {
      const registry::Column& column = parent.columns[static_cast<std::size_t>(reference.parent_columns[i])];
      const registry::Column& child = work.dataset->columns[static_cast<std::size_t>(reference.columns[i])];
      const std::string value = "t." + pg::quote_identifier(child.name);
      linked += " AND " + pg::equal_sql(column.type, "q." + pg::quote_identifier(column.name), child.type, value);
      given += " AND " + value + " IS NOT NULL";
    }
    const auto astray = pg::query_count(
        "SELECT count(*) FROM " + work.dataset->rows() + " t JOIN " + work.plan->name() +
            " p ON p.action IN ('I', 'U') AND " + work.key_join("p.n", "t") + " WHERE " +
            registry::tenant_predicate(*operation.model, *work.dataset, "t") + given + " AND NOT EXISTS (SELECT FROM " +
            parent.rows() + " q WHERE " + registry::visible_predicate(*operation.model, parent, "q") + linked + ")",
        operation.tenant.args(), pg::Access::read_write);
    if (astray != 0) {
      unproven(work, "reference \"" + reference.name + "\"");
    }
  }
}

Counters beyond_plan(const Counters& before, const Counters& after, const Counters& steps) {
  Counters beyond;
  for (const auto& [table, total] : after) {
    Steps delta = total;
    if (const auto start = before.find(table); start != before.end()) {
      delta = {total.inserted - start->second.inserted, total.updated - start->second.updated,
               total.deleted - start->second.deleted};
    }
    const auto planned = steps.find(table);
    const Steps own = planned == steps.end() ? Steps{} : planned->second;
    if (delta.inserted < own.inserted || delta.updated < own.updated || delta.deleted < own.deleted) {
      throw Failure(ErrorKind::proof_failed,
                    "the server counted fewer changes of table " + table + " than the import made; nothing was kept",
                    "Report this, with the table's definition.");
    }
    delta = {delta.inserted - own.inserted, delta.updated - own.updated, delta.deleted - own.deleted};
    if (delta.inserted + delta.updated + delta.deleted != 0) {
      beyond[table] = delta;
    }
  }
  return beyond;
}

}  // namespace rehydra::importer
