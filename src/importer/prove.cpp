#include "importer/prove.h"

#include "importer/constraints.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

std::string at(std::size_t number) {
  return std::to_string(number);
}

[[noreturn]] void unproven(const Work& work, const std::string& what) {
  throw Failure(
      ErrorKind::proof_failed,
      "after the import, " + what + " of sheet \"" + work.titles.front() +
          "\" is not what was planned; nothing was kept",
      "Look for rules, triggers or policies of table " + work.dataset->qualified() + " that rehydra cannot see.");
}

// Written fields of new rows, all given fields of updated ones.
std::string compared(std::size_t field) {
  return "(p.action = 'U' OR pg_catalog.substr(p.mask, " + at(field + 1) + ", 1) = '1')";
}

// Changed rows joined with what is stored: p.action, p.mask, here, and per field whether its image differs.
std::vector<std::uint64_t> differences(const Operation& operation, const Work& work, std::uint64_t& found) {
  std::string list = "pg_catalog.count(t.here)";
  std::string stored;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    list += ", pg_catalog.count(*) FILTER (WHERE " + compared(field) + " AND " +
            images_differ("p.n" + at(field), "t.o" + at(field)) + ")";
    stored += ", t." + pg::quote_identifier(work.column(field).name) + " AS o" + at(field);
  }
  std::string join;
  for (std::size_t field : work.key_fields()) {
    join += (join.empty() ? "" : " AND ") + std::string("p.n") + at(field) + " = t.o" + at(field);
  }
  const auto rows = pg::query("SELECT " + list + " FROM " + work.plan->name() + " p LEFT JOIN (SELECT true AS here" +
                                  stored + " FROM " + work.dataset->qualified() + " t WHERE " +
                                  registry::tenant_predicate(*operation.model, *work.dataset, "t") + ") t ON " +
                                  (join.empty() ? "true" : join) + " WHERE p.action IN ('I', 'U')",
                              operation.tenant.args(), pg::Access::read_write);
  found = std::stoull(*rows[0][0]);
  std::vector<std::uint64_t> counts;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    counts.push_back(std::stoull(*rows[0][field + 1]));
  }
  return counts;
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

void prove_rows(Operation& operation, Work& work, std::vector<SideEffect>& side_effects) {
  const bool triggers = has_user_triggers(*work.dataset);
  if (work.counts.inserted + work.counts.updated != 0) {
    std::uint64_t found = 0;
    const std::vector<std::uint64_t> differing = differences(operation, work, found);
    if (found != work.counts.inserted + work.counts.updated && !triggers) {
      unproven(work, "the number of changed rows");
    }
    for (std::size_t field = 0; field < differing.size(); ++field) {
      if (differing[field] != 0 && !triggers) {
        unproven(work, "column \"" + work.fields[field].header + "\"");
      }
      if (differing[field] != 0) {
        side_effects.push_back({work.dataset->name, work.column(field).name, 0, differing[field], 0});
      }
    }
  }
  const auto after =
      static_cast<std::uint64_t>(pg::query_count("SELECT count(*) FROM " + work.dataset->qualified() + " t WHERE " +
                                                     registry::tenant_predicate(*operation.model, *work.dataset, "t"),
                                                 operation.tenant.args(), pg::Access::read_write));
  if (after != work.counts.after() && !triggers) {
    unproven(work, "the number of rows");
  }
}

void prove_counters(const Counters& before, const Counters& after, const std::map<std::string, Steps>& steps,
                    std::vector<SideEffect>& side_effects) {
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
      side_effects.push_back({table, {}, delta.inserted, delta.updated, delta.deleted});
    }
  }
}

}  // namespace rehydra::importer
