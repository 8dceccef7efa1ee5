#include "importer/constraints.h"

#include <algorithm>

#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

std::vector<int> indexes(const registry::Dataset& dataset, const std::optional<std::string>& joined) {
  std::vector<int> columns;
  for (const std::string& name : pg::split_names(joined)) {
    columns.push_back(dataset.column_index(name));
  }
  return columns;
}

pg::Args relation(const registry::Dataset& dataset) {
  return pg::Args().datum(OIDOID, ObjectIdGetDatum(dataset.relation));
}

// rows: what follows FROM; $1 is the table.
bool has(const registry::Dataset& dataset, const std::string& rows) {
  const registry::Bookkeeper bookkeeper;
  return pg::query_count("SELECT count(*) FROM " + rows, relation(dataset)) > 0;
}

// The names of the columns that an int2 array names, in its order.
std::string names_of(const char* relation, const char* attnums) {
  return std::string("(SELECT pg_catalog.string_agg(a.attname, E'\\x01' ORDER BY k.place) FROM pg_catalog.unnest(") +
         attnums +
         "::int2[]) WITH ORDINALITY k (attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = " + relation +
         " AND a.attnum = k.attnum)";
}

}  // namespace

std::vector<registry::Check> check_constraints(const registry::Dataset& dataset) {
  const registry::Bookkeeper bookkeeper;
  std::vector<registry::Check> constraints;
  for (const pg::TextRow& row : pg::query(
           "SELECT c.conname, pg_catalog.pg_get_expr(c.conbin, c.conrelid), " + names_of("c.conrelid", "c.conkey") +
               " FROM pg_catalog.pg_constraint c WHERE c.conrelid = $1 AND c.contype = 'c' ORDER BY c.conname",
           relation(dataset))) {
    constraints.push_back({*row[0], *row[1], indexes(dataset, row[2]), pg::split_names(row[2])});
  }
  return constraints;
}

bool is_checked(const registry::Dataset& dataset, int column) {
  const std::vector<registry::Check> checks = check_constraints(dataset);
  return std::any_of(checks.begin(), checks.end(), [&](const registry::Check& check) {
    return check.columns.empty() ||
           std::find(check.columns.begin(), check.columns.end(), column) != check.columns.end();
  });
}

std::vector<UniqueRule> unique_rules(const registry::Dataset& dataset) {
  const registry::Bookkeeper bookkeeper;
  std::vector<UniqueRule> rules;
  for (const pg::TextRow& row : pg::query(
           "SELECT c.relname, " + names_of("i.indrelid", "(i.indkey::int2[])[0:i.indnkeyatts - 1]") +
               ", NOT i.indimmediate FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
               " WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL "
               "ORDER BY c.relname",
           relation(dataset))) {
    UniqueRule rule{*row[0], indexes(dataset, row[1]), *row[2] == "t"};
    std::vector<int> key = dataset.key, columns = rule.columns;
    std::sort(key.begin(), key.end());
    std::sort(columns.begin(), columns.end());
    if (key != columns) {
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

std::vector<DependentReference> dependent_references(const registry::Dataset& dataset) {
  const registry::Bookkeeper bookkeeper;
  std::vector<DependentReference> references;
  for (const pg::TextRow& row : pg::query(
           "SELECT c.conname, c.conrelid, r.relowner, pg_catalog.format('%I.%I', n.nspname, r.relname), " +
               names_of("c.conrelid", "c.conkey") + ", " + names_of("c.confrelid", "c.confkey") +
               ", c.confdeltype FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid JOIN "
               "pg_catalog.pg_namespace n ON n.oid = r.relnamespace"
               " WHERE c.confrelid = $1 AND c.contype = 'f' AND c.conparentid = 0"
               " ORDER BY 4, c.conname",
           relation(dataset))) {
    DependentReference reference;
    reference.constraint = *row[0];
    reference.child = static_cast<Oid>(std::stoul(*row[1]));
    reference.child_owner = static_cast<Oid>(std::stoul(*row[2]));
    reference.child_name = *row[3];
    for (const std::string& column : pg::split_names(row[4])) {
      reference.child_columns.push_back(pg::quote_identifier(column));
    }
    reference.columns = indexes(dataset, row[5]);
    reference.on_delete = (*row[6])[0];
    references.push_back(std::move(reference));
  }
  return references;
}

std::vector<std::pair<std::string, bool>> deferrable_constraints(const registry::Dataset& dataset) {
  const registry::Bookkeeper bookkeeper;
  std::vector<std::pair<std::string, bool>> constraints;
  for (const pg::TextRow& row : pg::query("SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), "
                                          "c.condeferred FROM pg_catalog.pg_constraint c"
                                          " JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE (c.conrelid "
                                          "= $1 OR c.confrelid = $1) AND c.condeferrable ORDER BY 1",
                                          relation(dataset))) {
    constraints.emplace_back(*row[0], *row[1] == "t");
  }
  return constraints;
}

bool key_holds_at_once(const registry::Dataset& dataset) {
  const registry::Bookkeeper bookkeeper;
  std::string names;
  for (const int column : dataset.key) {
    names += (names.empty() ? "" : "\x01") + dataset.columns[static_cast<std::size_t>(column)].name;
  }
  pg::Args args = relation(dataset);
  return pg::query("SELECT rehydra.has_unique_index($1, pg_catalog.string_to_array($2, E'\\x01'))",
                   args.text(names))[0][0] != "f";
}

bool has_insert_policies(const registry::Dataset& dataset) {
  return has(dataset,
             "pg_catalog.pg_policy WHERE polrelid = $1 AND polcmd = 'a' AND NOT rehydra.is_own_policy(polname)");
}

bool has_user_triggers(const registry::Dataset& dataset) {
  return has(dataset,
             "pg_catalog.pg_trigger WHERE (tgrelid = $1 OR tgrelid IN (SELECT relid FROM "
             "pg_catalog.pg_partition_tree($1))) AND NOT tgisinternal AND tgenabled <> 'D'");
}

}  // namespace rehydra::importer
