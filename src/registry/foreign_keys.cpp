#include "registry/foreign_keys.h"

#include <algorithm>

#include "core/error.h"
#include "registry/bookkeeper.h"

namespace rehydra::registry {

namespace {

std::vector<int> columns_of(const Dataset& dataset, const std::optional<std::string>& names) {
  std::vector<int> columns;
  for (const std::string& name : pg::split_names(names)) {
    columns.push_back(dataset.column_index(name));
  }
  return columns;
}

// As rehydra.free_reference_name() does, for references that the registry does not hold.
std::string free_name(const Dataset& dataset, const std::string& wanted) {
  const auto taken = [&](const std::string& candidate) {
    return std::any_of(dataset.references.begin(), dataset.references.end(),
                       [&](const Reference& reference) { return reference.name == candidate; });
  };
  std::string name = wanted;
  for (int n = 2; taken(name); ++n) {
    name = wanted + "_" + std::to_string(n);
  }
  return name;
}

// Pairs in any order make the same reference.
bool is_known(const Dataset& dataset, const Reference& found) {
  const auto pairs = [](const Reference& reference) {
    std::vector<std::pair<int, int>> made;
    for (std::size_t i = 0; i < reference.columns.size(); ++i) {
      made.emplace_back(reference.columns[i], reference.parent_columns[i]);
    }
    std::sort(made.begin(), made.end());
    return made;
  };
  return std::any_of(dataset.references.begin(), dataset.references.end(), [&](const Reference& reference) {
    return reference.parent == found.parent && pairs(reference) == pairs(found);
  });
}

int index_of(const Model& model, const std::string& dataset) {
  return static_cast<int>(model.find(dataset) - model.datasets.data());
}

}  // namespace

void follow_foreign_keys(Model& model) {
  const auto rows = pg::query(
      "SELECT child.dataset, pg_catalog.array_to_string(k.columns, E'\\x01'), parent.dataset,"
      " pg_catalog.array_to_string(k.parent_columns, E'\\x01'), rehydra.reference_name(k.columns, parent.dataset)"
      " FROM rehydra.foreign_keys k"
      " JOIN rehydra.datasets child ON child.model = $1 AND child.role IN ('data', 'own')"
      "   AND child.relation_oid = COALESCE(pg_catalog.pg_partition_root(k.child), k.child)"
      " JOIN rehydra.datasets parent ON parent.model = $1 AND parent.role <> 'left_out'"
      "   AND parent.relation_oid = k.parent"
      " WHERE k.columns IS DISTINCT FROM ARRAY[child.tenant_column]"
      " ORDER BY child.position, k.name",
      pg::Args().text(model.name), pg::Access::read_write);  // sees what follow_catalog has mended
  for (const pg::TextRow& row : rows) {
    Dataset& dataset = model.datasets[static_cast<std::size_t>(index_of(model, *row[0]))];
    const int parent = index_of(model, *row[2]);
    Reference found{
        {}, columns_of(dataset, row[1]), parent, columns_of(model.datasets[static_cast<std::size_t>(parent)], row[3])};
    if (!is_known(dataset, found)) {
      found.name = free_name(dataset, *row[4]);
      dataset.references.push_back(std::move(found));
    }
  }
}

void require_registered_parents(const Model& model) {
  const Bookkeeper bookkeeper;
  const auto rows = pg::query(
      "WITH loaded AS (SELECT * FROM rehydra.datasets WHERE model = $1 AND role <> 'left_out'),"
      " tenants AS (SELECT * FROM loaded WHERE role IN ('data', 'own')),"
      " keys AS (SELECT COALESCE(pg_catalog.pg_partition_root(k.child), k.child) AS child, k.columns, k.name, k.parent"
      "   FROM rehydra.foreign_keys k)"
      " SELECT pg_catalog.format('%I.%I', child.schema_name, child.table_name), pg_catalog.format('%I.%I', n.nspname, "
      "c.relname)"
      " FROM keys k JOIN tenants child ON child.relation_oid = k.child"
      " JOIN pg_catalog.pg_class c ON c.oid = k.parent JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE k.columns IS DISTINCT FROM ARRAY[child.tenant_column]"
      " AND NOT EXISTS (SELECT FROM loaded l WHERE l.relation_oid = k.parent)"
      " AND (EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN loaded t ON t.tenant_column = a.attname"
      "     WHERE a.attrelid = k.parent AND a.attnum > 0 AND NOT a.attisdropped)"
      "   OR EXISTS (SELECT FROM keys up JOIN tenants t ON t.relation_oid = up.parent WHERE up.child = k.parent))"
      " ORDER BY child.position, k.name LIMIT 1",
      pg::Args().text(model.name), pg::Access::read_write);
  if (!rows.empty()) {
    throw Failure(ErrorKind::unprotected,
                  "table " + *rows[0][0] + " refers to table " + *rows[0][1] +
                      ", which holds customers' rows and is not registered",
                  "SELECT * FROM rehydra_register(" + pg::quote_literal(*rows[0][1]) + ", role => 'reference');");
  }
}

}  // namespace rehydra::registry
