#include "importer/replan.h"

#include "importer/id_map.h"
#include "importer/plan.h"
#include "importer/sql_rows.h"
#include "pg/store_rows.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

void rewrite_plan(const Operation& operation, Work& work, const std::map<std::size_t, std::string>& new_values,
                  const std::string& mask, const std::string& joins) {
  std::vector<std::string> list = {"p.r", "p.sheet", "p.line", "p.action", mask.empty() ? "p.mask" : mask};
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    const auto replaced = new_values.find(field);
    list.push_back(replaced == new_values.end() ? "p.n" + at(field) : replaced->second);
  }
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    list.push_back("p.o" + at(field));
  }
  pg::WideCursor rows(
      list,
      "FROM " + work.plan->name() + " p " + joins + (pg::WideCursor::is_split(list.size()) ? " ORDER BY p.r" : ""),
      operation.tenant.args());
  auto plan = make_plan(work);
  pg::append_rows(plan->store(), rows);
  plan->publish();
  work.plan = std::move(plan);
}

void follow_ids_in_plan(const Operation& operation, Work& work, const Work& parent) {
  const IdLinks links = follow_new_keys(work, {&parent}, "p.n");
  if (!links.values.empty()) {
    rewrite_plan(operation, work, links.values, {}, links.joins);
  }
}

std::string default_expression(const registry::Dataset& dataset, const registry::Column& column) {
  const registry::Bookkeeper bookkeeper;
  const auto rows = pg::query(
      "SELECT CASE WHEN a.attidentity <> '' THEN pg_catalog.format('pg_catalog.nextval(%L::pg_catalog.regclass)',"
      " pg_catalog.pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)) ELSE pg_catalog.pg_get_expr(d.adbin, "
      "d.adrelid) END"
      " FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = "
      "a.attnum"
      " WHERE a.attrelid = $1 AND a.attname = $2",
      pg::Args().datum(OIDOID, ObjectIdGetDatum(dataset.relation)).text(column.name));
  return rows.empty() ? std::string() : rows[0][0].value_or("");
}

}  // namespace rehydra::importer
