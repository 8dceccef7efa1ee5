// Job: references that could not be written with their rows, because the row they lead to came later: those of a data
// set to itself, and those that close a cycle.
#include <algorithm>

#include "importer/apply.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

bool comes_no_later(const Operation& operation, const Work& work, int parent) {
  for (const Work& other : operation.works) {
    if (&other == &work) {
      return false;
    }
    if (other.index == parent) {
      return true;
    }
  }
  return false;
}

std::string written(std::size_t field) {
  return "(" + action_is("p", 'I') + " AND p.n" + at(field) + " IS NOT NULL OR " + action_is("p", 'U') +
         " AND pg_catalog.substr(p.mask, " + at(field + 1) + ", 1) OPERATOR(pg_catalog.=) '1')";
}

}  // namespace

void find_late_references(Operation& operation) {
  for (Work& work : operation.works) {
    work.late_references.assign(work.fields.size(), false);
    for (const registry::Reference& reference : work.dataset->references) {
      if (operation.work_of(reference.parent) == nullptr || comes_no_later(operation, work, reference.parent)) {
        continue;
      }
      for (int column : reference.columns) {
        if (const int field = work.field_of(column); work.may_be_empty(field)) {
          work.late_references[static_cast<std::size_t>(field)] = true;
        }
      }
    }
  }
}

void link_rows(const Operation& operation, Work& work, Steps& steps) {
  std::string assignments, which;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (work.is_late_reference(field)) {
      assignments +=
          (assignments.empty() ? "" : ", ") + pg::quote_identifier(work.column(field).name) + " = p.n" + at(field);
      which += (which.empty() ? "" : " OR ") + written(field);
    }
  }
  if (assignments.empty() || work.counts.inserted + work.counts.updated == 0) {
    return;
  }
  steps.updated +=
      change(operation,
             "UPDATE " + work.dataset->rows() + " t SET " + assignments + " FROM " + work.plan->name() + " p WHERE (" +
                 which + ") AND " + registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                 work.key_join("p.n", "t"),
             operation.tenant.args());
}

}  // namespace rehydra::importer
