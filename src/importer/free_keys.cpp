#include "importer/free_keys.h"

#include "core/shown_text.h"

namespace rehydra::importer {

namespace {

std::int64_t last_of(Oid type) {
  return type == INT2OID ? INT16_MAX : type == INT4OID ? INT32_MAX : INT64_MAX;
}

std::string stored_keys(const Operation& operation, const Work& work, const std::string& what, std::size_t field) {
  return "(SELECT " + what + "t." + pg::quote_identifier(work.column(field).name) + (what.empty() ? "" : ")") +
         " FROM " + work.dataset->rows() + " t WHERE " +
         registry::tenant_predicate(*operation.model, *work.dataset, "t") + ")";
}

// The same each time that the same file meets the same rows, so that a plan can be told again by its token; the row
// gets its real key when it is inserted.
std::string placeholder(const Operation& operation, const Work& work, std::size_t field, const std::string& relation,
                        const std::string& prefix, const std::string& nth) {
  for (int attempt = 0;; ++attempt) {
    const std::string seed = pg::quote_literal("rehydra " + operation.tenant.id + " " + work.dataset->name + " " +
                                               std::to_string(attempt) + " ");
    const auto made = [&seed](const std::string& number) {
      return "pg_catalog.md5(" + seed + " OPERATOR(pg_catalog.||) (" + number + ")::pg_catalog.text)::pg_catalog.uuid";
    };
    // Two joins: an OR of both would look through all keys for each number.
    const std::string taken = "(SELECT pg_catalog.count(*) FROM (SELECT " + made("g") +
                              " AS key FROM pg_catalog.generate_series(1, (SELECT pg_catalog.count(*) FROM " +
                              relation + " b)) g) n WHERE n.key IN ";
    const std::string in_file = taken + "(SELECT b." + prefix + at(field) + " FROM " + relation + " b))";
    const std::string stored = taken + stored_keys(operation, work, "", field) + ")";
    if (pg::query_count("SELECT " + in_file + " OPERATOR(pg_catalog.+) " + stored, operation.tenant.args()) == 0) {
      return made(nth);
    }
  }
}

[[noreturn]] void refuse_first(const Operation& operation, const Work& work, std::size_t field,
                               const std::string& relation, const std::string& which, const std::string& nth,
                               std::int64_t room) {
  const registry::Column& column = work.column(field);
  const auto first =
      pg::query("SELECT b.sheet, b.line FROM (SELECT b.*, pg_catalog.row_number() OVER (ORDER BY b.r) AS place FROM " +
                    relation + " b WHERE " + which + ") b WHERE b." + nth + " OPERATOR(pg_catalog.>) " +
                    std::to_string(room) + " ORDER BY b.r LIMIT 1",
                operation.tenant.args());
  Failure failure(
      ErrorKind::limit_exceeded,
      "there is no number left for a new row: column \"" + column.name + "\" ends at " +
          with_thousands(static_cast<std::uint64_t>(last_of(column.type.base))),
      "Let the column be of a wider type, or give the row a number that is free.",
      work.where(field, std::stoll(first.at(0)[0].value_or("0")), std::stoll(first.at(0)[1].value_or("0"))));
  failure.error().sqlstate = "22003";
  throw failure;
}

// The highest number that is followed by as many free ones.
std::optional<std::string> highest_gap(const Operation& operation, const Work& work, std::size_t field,
                                       const std::string& coming, std::int64_t needed) {
  return pg::query_value(
      "SELECT pg_catalog.max(g.n) FROM (SELECT u.n, pg_catalog.lead(u.n) OVER (ORDER BY u.n) AS next FROM (SELECT 0 AS "
      "n "
      "UNION SELECT k.n FROM " +
          stored_keys(operation, work, "", field) + " k (n) WHERE k.n > 0 UNION SELECT c.n FROM " + coming +
          " c (n) WHERE c.n > 0) u) g WHERE g.next - g.n > " + std::to_string(needed),
      operation.tenant.args());
}

// SQL: the number that the first of the rows follows.
std::string number_before(const Operation& operation, const Work& work, std::size_t field, const std::string& relation,
                          const std::string& prefix, const Numbered& rows) {
  const std::string key = "b." + prefix + at(field);
  const std::string highest = "GREATEST(COALESCE(" + stored_keys(operation, work, "pg_catalog.max(", field) +
                              ", 0), COALESCE((SELECT pg_catalog.max(" + key + ") FROM " + relation + " b), 0), " +
                              std::to_string(rows.above) + ")";
  const std::string which = rows.which.empty() ? "b.n" + at(field) + " IS NULL" : rows.which;
  const std::int64_t needed =
      pg::query_count(std::string("SELECT ") + (rows.which.empty() ? "pg_catalog.max(b.r)" : "pg_catalog.count(*)") +
                          " FROM " + relation + " b WHERE " + which,
                      operation.tenant.args());
  const std::int64_t room = last_of(work.column(field).type.base) -
                            std::stoll(*pg::query_value("SELECT " + highest, operation.tenant.args()));
  if (needed <= room) {
    return highest;
  }
  const auto gap = highest_gap(operation, work, field, "(SELECT " + key + " FROM " + relation + " b)", needed);
  if (!gap) {
    refuse_first(operation, work, field, relation, which, rows.which.empty() ? "r" : "place", room);
  }
  return *gap;
}

}  // namespace

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
                     const std::string& prefix, const std::string& nth, const Numbered& rows) {
  const registry::Column& column = work.column(field);
  if (column.type.oid == UUIDOID) {
    return placeholder(operation, work, field, relation, prefix, nth);
  }
  if (column.type.column.kind != ColumnClass::integer) {
    throw Failure(ErrorKind::duplicate_key,
                  "new rows of " + work.called() + " need keys, and column \"" + column.name + "\" cannot be counted",
                  "Enter their keys.", {work.titles.front(), 0, 0, {}});
  }
  return "(" + number_before(operation, work, field, relation, prefix, rows) + " + " + nth + ")::" + column.type.name;
}

}  // namespace rehydra::importer
