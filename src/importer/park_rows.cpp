// Job: see the header.
#include "importer/park_rows.h"

#include <algorithm>

#include "importer/constraints.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

bool refers(const Work& work, int column) {
  const auto& references = work.dataset->references;
  return std::any_of(references.begin(), references.end(), [&](const registry::Reference& reference) {
    return std::find(reference.columns.begin(), reference.columns.end(), column) != reference.columns.end();
  });
}

// A value for plan row p that no row of the file has, valid for the column; empty where there is none.
std::string parking_value(const Work& work, std::size_t field) {
  constexpr int longest = 28;  // "~rehydra~" and the digits of a row's number
  const registry::Column& column = work.column(field);
  if (!column.not_null) {
    return "NULL";
  }
  if (refers(work, work.fields[field].column) || column.type.domain ||
      is_checked(*work.dataset, work.fields[field].column)) {
    return {};
  }
  switch (column.type.column.kind) {
    case ColumnClass::text:
      return column.type.typmod >= 0 && column.type.typmod - VARHDRSZ < longest ? std::string()
                                                                                : "pg_catalog.concat('~rehydra~', p.r)";
    case ColumnClass::integer:
      return column.type.base == INT2OID ? std::string()
                                         : "(-1000000000 OPERATOR(pg_catalog.-) p.r OPERATOR(pg_catalog.%) 1000000000)";
    case ColumnClass::numeric:
    case ColumnClass::floating:
    default:
      return {};
  }
}

// The rule's columns that every parked row's own update writes.
std::vector<std::size_t> written_by_all(const Work& work, const std::vector<std::size_t>& fields,
                                        const pg::Store& parked) {
  std::vector<std::size_t> written;
  for (std::size_t field : fields) {
    const auto without =
        pg::query_count("SELECT count(*) FROM " + work.plan->name() + " p JOIN " + parked.name() +
                        " k ON k.r = p.r WHERE pg_catalog.substr(p.mask, " + at(field + 1) + ", 1) <> '1'");
    if (without == 0) {
      written.push_back(field);
    }
  }
  return written;
}

}  // namespace

void park_rows(const Operation& operation, Work& work, const std::vector<std::size_t>& fields, const pg::Store& parked,
               Steps& steps) {
  for (std::size_t field : written_by_all(work, fields, parked)) {
    const std::string value = parking_value(work, field);
    if (value.empty()) {
      continue;
    }
    steps.updated += change(
        operation, work.write_checks,
        "UPDATE " + work.dataset->rows() + " t SET " + pg::quote_identifier(work.column(field).name) + " = " + value +
            " FROM " + work.plan->name() + " p JOIN " + parked.name() + " k ON k.r OPERATOR(pg_catalog.=) p.r WHERE " +
            action_is("p", 'U') + " AND " + registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
            work.key_join("p.o", "t"),
        operation.tenant.args());
    return;
  }
  const auto rows = pg::query("SELECT p.sheet, p.line FROM " + work.plan->name() + " p JOIN " + parked.name() +
                              " k ON k.r = p.r ORDER BY p.r LIMIT 1");
  const Location where = work.where(fields.back(), std::stoll(*rows[0][0]), std::stoll(*rows[0][1]));
  throw Failure(ErrorKind::duplicate_key,
                "rows exchange values that must be unique, and there is no value to keep one of them under meanwhile",
                "Import in two steps: give one of the rows another value first.", where);
}

}  // namespace rehydra::importer
