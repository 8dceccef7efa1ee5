// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <nlohmann/json.hpp>

#include "registry/bookkeeper.h"
#include "registry/rules.h"

namespace rehydra::registry {

namespace {

// One JSON array, NULL for no rows and for too many.
std::string rows_sql(const Model& model, const Dataset& dataset) {
  std::string names, values;
  for (const Column& column : dataset.columns) {
    if (column.on_sheet) {
      names += (names.empty() ? "" : ", ") + pg::quote_literal(column.name);
      values += (values.empty() ? "t." : ", t.") + pg::quote_identifier(column.name) + "::pg_catalog.text";
    }
  }
  return "SELECT CASE WHEN pg_catalog.count(*) <= 1000 THEN pg_catalog.json_agg(r.one ORDER BY "
         "r.one::pg_catalog.text)::pg_catalog.text END"
         " FROM (SELECT pg_catalog.json_object(ARRAY[" +
         names + "]::pg_catalog.text[], ARRAY[" + values + "]::pg_catalog.text[]) AS one FROM " + dataset.rows() +
         " t WHERE " + tenant_predicate(model, dataset, "t") + " LIMIT 1001) r";
}

}  // namespace

std::vector<std::string> rule_datasets(const Model& model) {
  const Bookkeeper bookkeeper;
  std::vector<std::string> names;
  for (const pg::TextRow& row :
       pg::query("SELECT DISTINCT d FROM rehydra.policies p, "
                 "pg_catalog.jsonb_object_keys(p.effect -> 'fixed') d WHERE p.model = $1 ORDER BY d",
                 pg::Args().text(model.name), pg::Access::read_write)) {
    names.push_back(*row[0]);
  }
  return names;
}

std::string rules_json(const Model& model, const Tenant& tenant, Oid role, const std::vector<std::string>& datasets) {
  nlohmann::json rules = nlohmann::json::object();
  const ActingScope acting(role);
  for (const std::string& name : datasets) {
    const Dataset* dataset = model.find(name);
    if (dataset == nullptr || dataset->sheets.empty()) {
      continue;
    }
    if (const auto rows = pg::query_value(rows_sql(model, *dataset), tenant.args())) {
      rules[name] = nlohmann::json::parse(*rows);
    }
  }
  return rules.empty() ? std::string() : rules.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace rehydra::registry
