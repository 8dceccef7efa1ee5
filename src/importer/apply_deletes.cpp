#include "importer/apply.h"
#include "importer/row_batch.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

std::string at(std::size_t number) {
  return std::to_string(number);
}

std::string images_equal(const Work& work) {
  std::string stored, planned;
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    stored += (i == 0 ? "t." : ", t.") + pg::quote_identifier(work.column(i).name);
    planned += (i == 0 ? "p.o" : ", p.o") + at(i);
  }
  return "NOT " + images_differ(stored, planned);
}

void lock_rows(const Operation& operation, const Work& work, char action, std::uint64_t expected) {
  if (expected == 0) {
    return;
  }
  const std::string strength = action == 'D' ? "UPDATE" : "NO KEY UPDATE";
  const auto locked = pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.dataset->qualified() + " t, " +
                                          work.plan->name() + " p WHERE p.action = '" + action + "' AND " +
                                          registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                                          work.key_join("p.o", "t") + " AND " + images_equal(work) + " FOR " +
                                          strength + " OF t) locked",
                                      operation.tenant.args(), pg::Access::read_write);
  if (static_cast<std::uint64_t>(locked) != expected) {
    throw Failure(
        ErrorKind::conflict,
        "rows of sheet \"" + work.titles.front() + "\" were changed by another session while the import was planned",
        "Run the import again.");
  }
}

// "parent's deleted row d is still referred to by child's row": joined on the child's stored values.
std::string refers(const Work& child, const registry::Reference& reference, const Work& parent,
                   const std::string& child_alias, const std::string& parent_alias) {
  std::string condition;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string child_value = child.value_sql(reference.columns[i], child_alias + ".o");
    const std::string parent_value = parent.value_sql(reference.parent_columns[i], parent_alias + ".o");
    if (child_value.empty() || parent_value.empty()) {
      return {};
    }
    if (child_value != parent_value) {
      condition += (condition.empty() ? "" : " AND ") + child_value + " = " + parent_value;
    }
  }
  return condition;
}

// Deleted rows of work (alias) that updated rows, or deleted rows that wait for such, still point at. Empty where there
// are none.
std::string late_condition(Operation& operation, const Work& work, const std::string& alias, int depth) {
  constexpr int deepest = 8;
  std::string condition;
  for (Work& child : operation.works) {
    if (&child == &work || child.counts.updated + child.counts.deleted == 0 || depth > deepest) {
      continue;
    }
    for (const registry::Reference& reference : child.dataset->references) {
      if (reference.parent != work.index) {
        continue;
      }
      const std::string child_alias = alias + "_" + at(static_cast<std::size_t>(depth));
      const std::string link = refers(child, reference, work, child_alias, alias);
      const std::string later = link.empty() ? "" : late_condition(operation, child, child_alias, depth + 1);
      if (link.empty() || (child.counts.updated == 0 && later.empty())) {
        continue;
      }
      const std::string who = child_alias + ".action = 'U'" +
                              (later.empty() ? "" : " OR (" + child_alias + ".action = 'D' AND " + later + ")");
      condition += (condition.empty() ? "" : " OR ") + std::string("EXISTS (SELECT FROM ") + child.plan->name() + " " +
                   child_alias + " WHERE (" + who + ") AND " + link + ")";
    }
  }
  return condition.empty() ? condition : "(" + condition + ")";
}

}  // namespace

void lock_planned_rows(const Operation& operation, const Work& work) {
  lock_rows(operation, work, 'D', work.counts.deleted);
  lock_rows(operation, work, 'U', work.counts.updated);
}

void delete_rows(Operation& operation, Work& work, Turn turn, Steps& steps) {
  if (work.counts.deleted == 0) {
    return;
  }
  const std::string late = late_condition(operation, work, "p", 0);
  if (turn == Turn::late && late.empty()) {
    return;
  }
  const std::string when = late.empty() ? "" : turn == Turn::late ? " AND " + late : " AND NOT " + late;
  steps.deleted += pg::execute(
      "DELETE FROM " + work.dataset->qualified() + " t USING " + work.plan->name() + " p WHERE p.action = 'D' AND " +
          registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " + work.key_join("p.o", "t") + when,
      operation.tenant.args());
}

}  // namespace rehydra::importer
