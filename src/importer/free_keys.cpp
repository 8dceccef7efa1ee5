#include "importer/free_keys.h"

namespace rehydra::importer {

std::optional<std::size_t> given_out(const Work& work) {
  const std::vector<std::size_t> keys = work.key_fields();
  std::optional<std::size_t> field;
  for (std::size_t key : keys) {
    if (work.column(key).has_default) {
      field = key;
    }
  }
  return field;
}

std::string free_key(const Operation& operation, const Work& work, std::size_t field, const std::string& relation,
                     const std::string& prefix, const std::string& nth) {
  const registry::Column& column = work.column(field);
  if (column.type.oid == UUIDOID) {
    return "pg_catalog.gen_random_uuid()";
  }
  if (column.type.column.kind != ColumnClass::integer) {
    throw Failure(ErrorKind::duplicate_key,
                  "new rows of " + work.called() + " need keys, and column \"" + column.name + "\" cannot be counted",
                  "Enter their keys.", {work.titles.front(), 0, 0, {}});
  }
  const std::string stored = "(SELECT max(t." + pg::quote_identifier(column.name) + ") FROM " + work.dataset->rows() +
                             " t WHERE " + registry::tenant_predicate(*operation.model, *work.dataset, "t") + ")";
  const std::string coming = "(SELECT max(b." + prefix + at(field) + ") FROM " + relation + " b)";
  return "(GREATEST(COALESCE(" + stored + ", 0), COALESCE(" + coming + ", 0)) + " + nth + ")::" + column.type.name;
}

}  // namespace rehydra::importer
