#include "exporter/choices.h"

#include <map>
#include <string>

#include "pg/spi.h"

namespace rehydra::exporter {

namespace {

// A literal, and a constraint that is a column = ANY (ARRAY[literals]), with the casts that the server writes.
constexpr const char* quoted = R"('((?:[^']|'')*)'::)";
constexpr const char* plain_list =
    R"(^CHECK \(\(\(?"?[^()']+"?\)?(::[a-z ]+)? = ANY \(\(?ARRAY\[((\(?'([^']|'')*'::[a-z ]+\)?(::[a-z ]+)?(, )?)+)\]\)?(::[a-z \[\]]+)?\)\)\)$)";

using Lists = std::map<std::string, std::vector<std::string>>;

Lists read(const std::string& sql, const std::vector<Oid>& of) {
  Lists lists;
  if (of.empty()) {
    return lists;
  }
  std::string oids;
  for (const Oid oid : of) {
    oids += (oids.empty() ? "{" : ",") + std::to_string(oid);
  }
  for (const pg::TextRow& row : pg::query(sql, pg::Args().text(oids + "}"))) {
    lists[*row[0]].push_back(*row[1]);
  }
  return lists;
}

Lists enumerations(const std::vector<SheetPlan>& plans) {
  std::vector<Oid> types;
  for (const SheetPlan& plan : plans) {
    for (const PlannedColumn& column : plan.columns) {
      if (column.type.column.kind == ColumnClass::other) {
        types.push_back(column.type.base);
      }
    }
  }
  return read(
      "SELECT enumtypid, enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = ANY ($1::pg_catalog.oid[])"
      " ORDER BY enumtypid, enumsortorder",
      types);
}

std::string column_key(Oid relation, const std::string& column) {
  return std::to_string(relation) + "." + column;
}

// The server writes IN as = ANY (ARRAY[...]); anything beside that is no plain list.
Lists checked_lists(const std::vector<SheetPlan>& plans) {
  std::vector<Oid> relations;
  for (const SheetPlan& plan : plans) {
    relations.push_back(plan.dataset->relation);
  }
  return read(
      "SELECT k.conrelid || '.' || a.attname, pg_catalog.replace(m.quoted[1], '''''', '''')"
      " FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
      " CROSS JOIN LATERAL pg_catalog.regexp_matches(pg_catalog.pg_get_constraintdef(k.oid), " +
          pg::quote_literal(quoted) +
          ", 'g') WITH ORDINALITY AS m (quoted, place)"
          " WHERE k.contype = 'c' AND k.conrelid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.cardinality(k.conkey) = 1"
          " AND pg_catalog.pg_get_constraintdef(k.oid) ~ " +
          pg::quote_literal(plain_list) + " ORDER BY k.conrelid, k.conname, m.place",
      relations);
}

}  // namespace

void find_choices(std::vector<SheetPlan>& plans) {
  const Lists enums = enumerations(plans);
  const Lists checks = checked_lists(plans);
  for (SheetPlan& plan : plans) {
    for (PlannedColumn& column : plan.columns) {
      if (const auto listed = enums.find(std::to_string(column.type.base)); listed != enums.end()) {
        column.choices = listed->second;
      } else if (const auto checked = checks.find(column_key(plan.dataset->relation, column.name));
                 checked != checks.end() && !column.display) {
        column.choices = checked->second;
      }
    }
  }
}

}  // namespace rehydra::exporter
