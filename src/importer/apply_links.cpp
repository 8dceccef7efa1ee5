// Job: references that could not be written with their rows, or not be checked, because the row they lead to came
// later: those of a data set to itself, and those that close a cycle.
#include <algorithm>
#include <set>

#include "importer/apply.h"
#include "importer/constraints.h"
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

bool leads_to_later(Operation& operation, const Work& work, const registry::Reference& reference) {
  return operation.work_of(reference.parent) != nullptr && !comes_no_later(operation, work, reference.parent);
}

std::vector<std::size_t> given_fields(const Work& work, const registry::Reference& reference) {
  std::vector<std::size_t> fields;
  for (int column : reference.columns) {
    if (const int field = work.field_of(column); field >= 0) {
      fields.push_back(static_cast<std::size_t>(field));
    }
  }
  return fields;
}

std::vector<std::size_t> optional_fields(const Work& work, const registry::Reference& reference) {
  std::vector<std::size_t> fields = given_fields(work, reference);
  fields.erase(std::remove_if(fields.begin(), fields.end(),
                              [&](std::size_t field) { return !may_do_without(work, static_cast<int>(field)); }),
               fields.end());
  return fields;
}

std::string written_by_update(std::size_t field) {
  return "(" + action_is("p", 'U') + " AND pg_catalog.substr(p.mask, " + at(field + 1) +
         ", 1) OPERATOR(pg_catalog.=) '1')";
}

std::string written(std::size_t field) {
  return "(" + action_is("p", 'I') + " AND p.n" + at(field) + " IS NOT NULL OR " + written_by_update(field) + ")";
}

// Sets fields of the planned rows for which the condition of one of them holds.
void write_fields(const Operation& operation, const Work& work, const std::map<std::size_t, std::string>& fields,
                  Steps& steps) {
  if (fields.empty() || work.counts.inserted + work.counts.updated == 0) {
    return;
  }
  std::string assignments, which;
  for (const auto& [field, condition] : fields) {
    assignments +=
        (assignments.empty() ? "" : ", ") + pg::quote_identifier(work.column(field).name) + " = p.n" + at(field);
    which += (which.empty() ? "" : " OR ") + condition;
  }
  steps.updated +=
      change(operation, work.write_checks,
             "UPDATE " + work.dataset->rows() + " t SET " + assignments + " FROM " + work.plan->name() + " p WHERE (" +
                 which + ") AND " + registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                 work.key_join("p.n", "t"),
             operation.tenant.args());
}

// Of references that were written before the rows that they lead to, those to rows that got other keys.
std::set<std::size_t> fields_to_renumbered(Operation& operation, const Work& work) {
  std::set<std::size_t> fields;
  for (const registry::Reference& reference : work.dataset->references) {
    if (work.write_checks == Checks::held && leads_to_later(operation, work, reference) &&
        operation.work_of(reference.parent)->renumbered) {
      for (std::size_t field : given_fields(work, reference)) {
        if (!work.is_late_reference(field) && !work.fields[field].is_key) {
          fields.insert(field);
        }
      }
    }
  }
  return fields;
}

}  // namespace

bool may_do_without(const Work& work, int field) {
  return work.may_be_empty(field) && !work.column(static_cast<std::size_t>(field)).type.domain &&
         !is_checked(*work.dataset, work.fields[static_cast<std::size_t>(field)].column);
}

void find_late_references(Operation& operation) {
  for (Work& work : operation.works) {
    work.linked.assign(work.fields.size(), Linked::with_row);
    work.own_rows_linked = false;
    work.write_checks = Checks::at_once;
    work.renumbered = false;
    for (const registry::Reference& reference : work.dataset->references) {
      if (!leads_to_later(operation, work, reference)) {
        continue;
      }
      const std::vector<std::size_t> optional = optional_fields(work, reference);
      for (std::size_t field : optional) {
        const Linked when = reference.parent == work.index ? Linked::with_own_rows : Linked::last;
        work.linked[field] = std::max(work.linked[field], when);
      }
      if (optional.empty() && !given_fields(work, reference).empty()) {
        work.write_checks = Checks::held;
      }
    }
  }
  hold_triggers_behind(operation.works.begin(), operation.works.end(), &Work::write_checks);
}

void link_rows(const Operation& operation, Work& work, Steps& steps) {
  std::map<std::size_t, std::string> fields;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (!work.is_late_reference(field)) {
      continue;
    }
    if (!work.own_rows_linked || work.when_linked(field) == Linked::last) {
      fields[field] = written(field);
    } else if (work.counts.updated != 0) {
      fields[field] = written_by_update(field);
    }
  }
  write_fields(operation, work, fields, steps);
}

void relink_rows(Operation& operation, Work& work, Steps& steps) {
  std::map<std::size_t, std::string> fields;
  for (std::size_t field : fields_to_renumbered(operation, work)) {
    fields[field] = "(" + written(field) + " AND " +
                    images_differ("t." + pg::quote_identifier(work.column(field).name), "p.n" + at(field)) + ")";
  }
  write_fields(operation, work, fields, steps);
}

}  // namespace rehydra::importer
