// Job: lock the rows that the plan changes, and delete: children before their parents, and last what updated rows still
// point at. Rows that cannot wait for each other let go first.
#include <algorithm>

#include "importer/apply.h"
#include "importer/constraints.h"
#include "importer/few_rows.h"
#include "importer/row_identity.h"
#include "importer/sql_rows.h"
#include "pg/progress.h"
#include "pg/spi.h"
#include "pg/store_rows.h"

namespace rehydra::importer {

namespace {

std::string images_equal(const Work& work) {
  std::string stored, planned;
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    stored += (i == 0 ? "t." : ", t.") + pg::quote_identifier(work.column(i).name);
    planned += (i == 0 ? "p.o" : ", p.o") + at(i);
  }
  return "NOT " + images_differ(stored, planned);
}

// Behind "t, ": what says of a row of the table that it is planned to change, and still as it was planned.
std::string planned_rows(const Operation& operation, const Work& work, char action, std::uint64_t rows) {
  return work.dataset->keyless()
             ? doomed_rows(*operation.model, work) + " WHERE " + k_is_t()
             : work.plan->name() + " p WHERE " + action_is("p", action) + " AND " + work.key_join("p.o", "t") +
                   " AND " + images_equal(work) + among_few(work, "o", action_is("p", action), rows);
}

void lock_rows(const Operation& operation, const Work& work, char action, std::uint64_t expected) {
  if (expected == 0) {
    return;
  }
  const std::string strength = action == 'D' ? "UPDATE" : "NO KEY UPDATE";
  const auto locked = pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.dataset->rows() + " t, " +
                                          planned_rows(operation, work, action, expected) + " AND " +
                                          registry::tenant_predicate(*operation.model, *work.dataset, "t") + " FOR " +
                                          strength + " OF t) locked",
                                      operation.tenant.args(), pg::Access::read_write);
  if (static_cast<std::uint64_t>(locked) != expected) {
    throw Failure(ErrorKind::conflict,
                  "rows of " + work.called() + " were changed by another session while the import was planned",
                  "Run the import again.");
  }
}

// "the child's stored row points at the parent's": empty where the plans do not hold the columns.
std::string refers(const Work& child, const registry::Reference& reference, const Work& parent) {
  std::string condition;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string child_value = child.value_sql(reference.columns[i], "c.o");
    const std::string parent_value = parent.value_sql(reference.parent_columns[i], "d.o");
    if (child_value.empty() || parent_value.empty()) {
      return {};
    }
    if (child_value != parent_value) {
      const auto& type = parent.dataset->columns[static_cast<std::size_t>(reference.parent_columns[i])].type;
      condition += (condition.empty() ? "" : " AND ") + pg::equal_sql(type, child_value, type, parent_value);
    }
  }
  return condition;
}

// "c0 = NULL, ...": what a reference can do without until it is written or its row is gone.
std::string emptied(const Work& work, const registry::Reference& reference) {
  std::string assignments;
  for (int column : reference.columns) {
    const int field = work.field_of(column);
    if (may_do_without(work, field)) {
      assignments += (assignments.empty() ? "" : ", ") +
                     pg::quote_identifier(work.column(static_cast<std::size_t>(field)).name) + " = NULL";
    }
  }
  return assignments;
}

// Rows to come may need the unique values of rows that go: those cannot wait until updated rows have let go of them.
bool values_are_needed(const Work& parent) {
  return parent.counts.inserted + parent.counts.updated != 0 && !parent.unique_rules().empty();
}

// Of a single column, which the row's own update writes again.
bool let_go_first(const Work& child, const registry::Reference& reference, const Work& parent) {
  const auto given = std::count_if(reference.columns.begin(), reference.columns.end(),
                                   [&](int column) { return child.field_of(column) >= 0; });
  return given == 1 && values_are_needed(parent) && !emptied(child, reference).empty();
}

// Adds to late the deleted rows of parent that updated rows of child, or late deleted ones, still point at.
void add_late(const Operation& operation, const Work& child, const registry::Reference& reference, const Work& parent,
              LateDeletes& late) {
  const std::string link = refers(child, reference, parent);
  if (link.empty()) {
    return;
  }
  std::unique_ptr<pg::Store>& rows = late[parent.index];  // made at once: no entry is without a store
  if (rows == nullptr) {
    rows = std::make_unique<pg::Store>("late_" + at(static_cast<std::size_t>(parent.index)),
                                       std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}});
    rows->publish();
  }
  const auto of_child = late.find(child.index);
  std::string who = let_go_first(child, reference, parent) ? "false" : "c.action = 'U'";
  if (of_child != late.end()) {
    who += " OR (c.action = 'D' AND EXISTS (SELECT FROM " + of_child->second->name() + " l WHERE l.r = c.r))";
  }
  pg::append_rows(*rows,
                  "SELECT DISTINCT d.r FROM " + parent.plan->name() + " d JOIN " + child.plan->name() + " c ON " +
                      link + " WHERE d.action = 'D' AND (" + who + ") AND NOT EXISTS (SELECT FROM " + rows->name() +
                      " k WHERE k.r = d.r)",
                  operation.tenant.args());
  rows->publish();
}

std::uint64_t total(const LateDeletes& late) {
  std::uint64_t rows = 0;
  for (const auto& [index, store] : late) {
    rows += store->rows();
  }
  return rows;
}

bool may_be_late(const Work& child, const Work* parent, const LateDeletes& late) {
  if (parent == nullptr || parent->counts.deleted == 0) {
    return false;
  }
  const auto of_child = late.find(child.index);
  return child.counts.updated != 0 || (of_child != late.end() && of_child->second->rows() != 0);
}

}  // namespace

void lock_planned_rows(const Operation& operation, const Work& work) {
  lock_rows(operation, work, 'D', work.counts.deleted);
  lock_rows(operation, work, 'U', work.counts.updated);
}

// A late row makes the deleted rows it points at late too: until nothing is added.
LateDeletes find_late_deletes(Operation& operation) {
  LateDeletes late;
  for (bool grew = true; grew;) {
    const std::uint64_t before = total(late);
    for (auto child = operation.works.rbegin(); child != operation.works.rend(); ++child) {
      for (const registry::Reference& reference : child->dataset->references) {
        const Work* parent = operation.work_of(reference.parent);
        if (may_be_late(*child, parent, late)) {
          add_late(operation, *child, reference, *parent, late);
        }
      }
    }
    grew = total(late) != before;
  }
  return late;
}

void release_rows(Operation& operation, const Work& work, Steps& steps) {
  for (const registry::Reference& reference : work.dataset->references) {
    const Work* parent = operation.work_of(reference.parent);
    if (parent == nullptr || parent->counts.deleted == 0) {
      continue;
    }
    // Parents that come earlier in the order are deleted later; rows of one table go in one statement.
    std::string who = parent > &work ? action_is("c", 'D') : std::string();
    if (let_go_first(work, reference, *parent)) {
      who += (who.empty() ? "" : " OR ") + action_is("c", 'U');
    }
    const std::string assignments = emptied(work, reference);
    const std::string link = refers(work, reference, *parent);
    if (who.empty() || assignments.empty() || link.empty()) {
      continue;
    }
    steps.updated +=
        change(operation, Checks::at_once,
               "UPDATE " + work.dataset->rows() + " t SET " + assignments + " FROM " + work.plan->name() +
                   " c WHERE (" + who + ") AND " + registry::tenant_predicate(*operation.model, *work.dataset, "t") +
                   " AND " + work.key_join("c.o", "t") + " AND EXISTS (SELECT FROM " + parent->plan->name() +
                   " d WHERE " + action_is("d", 'D') + " AND " + link + ")",
               operation.tenant.args());
  }
}

void find_held_deletes(Operation& operation) {
  for (Work& work : operation.works) {
    work.delete_checks = Checks::at_once;
  }
  for (const Work& child : operation.works) {
    for (const registry::Reference& reference : child.dataset->references) {
      Work* parent = operation.work_of(reference.parent);
      if (parent != nullptr && parent > &child && emptied(child, reference).empty()) {
        parent->delete_checks = Checks::held;
      }
    }
  }
  hold_triggers_behind(operation.works.rbegin(), operation.works.rend(), &Work::delete_checks);
}

void delete_rows(const Operation& operation, Work& work, const LateDeletes& late, Turn turn, Steps& steps) {
  const auto found = late.find(work.index);
  const std::uint64_t waiting = found == late.end() ? 0 : found->second->rows();
  const std::uint64_t expected = turn == Turn::late ? waiting : work.counts.deleted - waiting;
  if (expected == 0) {
    return;
  }
  std::string when;
  if (waiting != 0) {
    when = std::string(turn == Turn::late ? " AND " : " AND NOT ") + "EXISTS (SELECT FROM " + found->second->name() +
           " l WHERE l.r OPERATOR(pg_catalog.=) p.r)";
  }
  const std::string which = work.dataset->keyless()
                                ? doomed_rows(*operation.model, work) + " WHERE " + k_is_t()
                                : work.plan->name() + " p WHERE " + action_is("p", 'D') + " AND " +
                                      work.key_join("p.o", "t") +
                                      among_few(work, "o", action_is("p", 'D'), work.counts.deleted);
  const std::uint64_t deleted = change(operation, work.delete_checks,
                                       "DELETE FROM " + work.dataset->rows() + " t USING " + which + " AND " +
                                           registry::tenant_predicate(*operation.model, *work.dataset, "t") + when,
                                       operation.tenant.args());
  steps.deleted += deleted;
  pg::progress::rows(deleted);
  if (deleted != expected) {
    throw Failure(
        ErrorKind::suppressed,
        "the database deleted " + std::to_string(deleted) + " rows where " + std::to_string(expected) + " were planned",
        "A trigger or rule of table " + work.dataset->qualified() + " keeps rows from being deleted.",
        {work.titles.front(), 0, 0, {}});
  }
}

}  // namespace rehydra::importer
