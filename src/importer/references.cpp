#include "importer/references.h"

#include <algorithm>

#include "importer/presence.h"
#include "importer/sql_rows.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

using registry::Dataset;
using registry::Reference;

const Dataset& parent_of(const Operation& operation, const Reference& reference) {
  return operation.model->datasets[static_cast<std::size_t>(reference.parent)];
}

// By the reference's name, or its column's.
std::optional<OnMissing> named_choice(const Operation& operation, const Work& work, const Reference& reference) {
  std::vector<std::string> names = {reference.name};
  for (int column : reference.columns) {
    names.push_back(work.dataset->columns[static_cast<std::size_t>(column)].name);
  }
  for (const std::string& name : names) {
    const auto found = operation.policy.references.find(work.dataset->name + "." + name);
    if (found != operation.policy.references.end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

bool may_be_null(const Work& work, const std::vector<std::size_t>& fields) {
  return fields.size() == 1 && !work.column(fields[0]).not_null && !work.fields[fields[0]].is_key;
}

std::string rows_of(const Work& work, std::size_t count) {
  return std::to_string(count) + " rows of " + work.called();
}

// A reference without which a row cannot be, or would belong to nobody: its rows are orphans.
bool makes_orphans(const Work& work, const Reference& reference, const std::vector<std::size_t>& fields) {
  const int path = work.dataset->tenant_reference;
  return !may_be_null(work, fields) ||
         (path >= 0 && &work.dataset->references[static_cast<std::size_t>(path)] == &reference);
}

}  // namespace

OnMissing choice_for(const Operation& operation, const Work& work, const Reference& reference,
                     const std::vector<std::size_t>& fields) {
  const bool orphans = makes_orphans(work, reference, fields);
  if (const auto named = named_choice(operation, work, reference)) {
    if (*named == OnMissing::set_null && orphans) {
      throw Failure(ErrorKind::bad_argument,
                    "the policy asks for NULL in column \"" + work.column(fields[0]).name + "\" of data set \"" +
                        work.dataset->name + "\", which its rows cannot be without",
                    "Choose reject, skip or delete.");
    }
    return *named;
  }
  if (orphans) {
    return operation.policy.orphans == OnOrphan::skip ? OnMissing::skip : OnMissing::reject;
  }
  if (operation.policy.missing_references != OnMissing::standard) {
    return operation.policy.missing_references;
  }
  return parent_of(operation, reference).role == registry::Role::reference ? OnMissing::set_null : OnMissing::reject;
}

void carry_out(Operation& operation, Work& work, const Settled& settled, const std::vector<std::int64_t>& rows) {
  const std::string lead = rows_of(work, rows.size()) + " refer in column \"" + work.fields[settled.field].header +
                           "\" to rows of " + settled.parent + " that are not there: ";
  switch (settled.choice) {
    case OnMissing::set_null: {
      std::vector<bool>& nulled = work.nulled[settled.field];
      nulled.resize(std::max(nulled.size(), static_cast<std::size_t>(rows.back()) + 1), false);
      for (std::int64_t r : rows) {
        nulled[static_cast<std::size_t>(r)] = true;
      }
      work.references_settled += rows.size();
      operation.errors->warn(lead + "imported as blank");
      break;
    }
    case OnMissing::skip:
    case OnMissing::remove: {
      const bool removes = settled.choice == OnMissing::remove;
      for (std::int64_t r : rows) {
        work.mark(r, removes ? Mark::remove : Mark::skip);
      }
      operation.errors->warn(lead + (removes ? "they go too" : "left out"));
      break;
    }
    default:
      break;  // refused, row by row
  }
}

bool attaches(const Operation& operation, const Work& work, const Reference& reference,
              const std::vector<std::size_t>& fields) {
  return operation.policy.orphans == OnOrphan::attach && fields.size() == 1 && makes_orphans(work, reference, fields) &&
         !named_choice(operation, work, reference);
}

void attach_orphans(Operation& operation, Work& work, const Reference& reference, std::size_t field,
                    const std::string& which) {
  std::vector<std::int64_t> orphans;
  pg::for_each_row("SELECT s.r FROM " + work.staged->name() + " s WHERE " + which, operation.tenant.args(),
                   [&](const pg::TextRow& row) { orphans.push_back(std::stoll(*row[0])); });
  if (orphans.empty()) {
    return;
  }
  const Dataset& parent = parent_of(operation, reference);
  const auto named = operation.policy.attach_to.find(parent.name);
  const std::string key = named == operation.policy.attach_to.end() ? "" : named->second;
  const Work* parents = operation.work_of(reference.parent);
  const auto pair = std::find(reference.columns.begin(), reference.columns.end(), work.fields[field].column);
  const int above = reference.parent_columns[static_cast<std::size_t>(pair - reference.columns.begin())];
  const std::string stored = "q." + pg::quote_identifier(parent.columns[static_cast<std::size_t>(above)].name);
  std::string found = "EXISTS (SELECT FROM " + parent.rows() + " q WHERE " +
                      registry::visible_predicate(*operation.model, parent, "q") + " AND " + stored +
                      "::pg_catalog.text = $2" + (parents == nullptr ? "" : " AND " + stays(*parents, "q")) + ")";
  if (const int given = parents == nullptr ? -1 : parents->field_of(above); given >= 0) {
    found += " OR EXISTS (SELECT FROM " + parents->staged->name() + " p WHERE p.c" +
             at(static_cast<std::size_t>(given)) + "::pg_catalog.text = $2 AND " + comes(*parents, "p") + ")";
  }
  if (named == operation.policy.attach_to.end() ||
      pg::query_value("SELECT " + found, operation.tenant.args().text(key)).value_or("f") != "t") {
    throw Failure(ErrorKind::bad_argument,
                  "policy \"orphans\" is \"attach\", and \"attach_to\" names no row of \"" + parent.name +
                      "\" that takes in " + std::to_string(orphans.size()) + " rows of " + work.called(),
                  "Name one: options => '{\"policy\": {\"orphans\": \"attach\", \"attach_to\": {\"" + parent.name +
                      "\": <key>}}}'.");
  }
  restage(operation, work,
          {{field, "CASE WHEN " + which + " THEN " + pg::quote_literal(key) + "::" + work.column(field).type.name +
                       " ELSE s.c" + at(field) + " END"}},
          {});
  for (const std::int64_t r : orphans) {
    work.references_settled += work.attached.emplace(field, r).second ? 1 : 0;
  }
  operation.errors->warn(rows_of(work, orphans.size()) + " had no row of " + parent.name +
                         " to belong to: attached to " + key);
}

}  // namespace rehydra::importer
