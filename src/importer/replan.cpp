#include "importer/replan.h"

#include "importer/plan.h"
#include "importer/sql_rows.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

void rewrite_plan(const Operation& operation, Work& work, const std::map<std::size_t, std::string>& new_values,
                  const std::string& mask, const std::string& joins) {
  std::string list = "p.r, p.sheet, p.line, p.action, " + (mask.empty() ? std::string("p.mask") : mask);
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    const auto replaced = new_values.find(field);
    list += ", " + (replaced == new_values.end() ? "p.n" + std::to_string(field) : replaced->second);
  }
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    list += ", p.o" + std::to_string(field);
  }
  auto plan = std::make_unique<pg::Store>(work.next_name("plan"), plan_columns(work));
  append_rows(*plan, "SELECT " + list + " FROM " + work.plan->name() + " p " + joins, operation.tenant.args());
  plan->publish();
  work.plan = std::move(plan);
}

void follow_ids_in_plan(const Operation& operation, Work& work, const Work& parent) {
  std::map<std::size_t, std::string> replaced;
  std::string joins;
  for (std::size_t i = 0; i < work.dataset->references.size(); ++i) {
    const registry::Reference& reference = work.dataset->references[i];
    if (reference.parent != parent.index) {
      continue;
    }
    const std::string alias = "m" + std::to_string(i);
    std::string condition;
    for (std::size_t c = 0; c < reference.columns.size(); ++c) {
      const int field = work.field_of(reference.columns[c]);
      const int parent_field = parent.field_of(reference.parent_columns[c]);
      if (field < 0 || parent_field < 0 || !parent.fields[static_cast<std::size_t>(parent_field)].is_key) {
        continue;
      }
      const std::string value = "p.n" + std::to_string(field);
      condition +=
          (condition.empty() ? "" : " AND ") + pg::equal_sql(parent.column(static_cast<std::size_t>(parent_field)).type,
                                                             alias + ".old" + std::to_string(parent_field),
                                                             work.column(static_cast<std::size_t>(field)).type, value);
      replaced[static_cast<std::size_t>(field)] =
          "COALESCE(" + alias + ".new" + std::to_string(parent_field) + ", " + value + ")";
    }
    if (!condition.empty()) {
      joins += " LEFT JOIN " + parent.id_map->name() + " " + alias + " ON " + condition;
    }
  }
  if (!replaced.empty()) {
    rewrite_plan(operation, work, replaced, {}, joins);
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
