#include "importer/satellites.h"

#include <algorithm>

#include "importer/row_batch.h"
#include "importer/sql_rows.h"
#include "pg/store_rows.h"

namespace rehydra::importer {

namespace {

std::string column_at(const char* alias, std::size_t position) {
  return std::string(alias) + ".c" + std::to_string(position);
}

std::size_t position_of(const Satellite& satellite, std::size_t field) {
  const auto found = std::find(satellite.fields.begin(), satellite.fields.end(), field);
  if (found == satellite.fields.end()) {
    throw Failure(ErrorKind::bad_file, "a second sheet lacks the key that joins it to the first", "Export again.");
  }
  return static_cast<std::size_t>(found - satellite.fields.begin());
}

std::string join_condition(const Work& work, const Satellite& satellite) {
  std::string condition;
  for (std::size_t field : work.key_fields()) {
    condition += (condition.empty() ? "" : " AND ") +
                 work.same_field(field, column_at("s", field), column_at("x", position_of(satellite, field)));
  }
  return condition.empty() ? "true" : condition;
}

void report(Operation& operation, const Work& work, ErrorKind kind, const std::string& message, const char* hint,
            const pg::TextRow& row, std::size_t number, const Satellite& satellite) {
  const std::size_t key = work.key_fields().empty() ? 0 : position_of(satellite, work.key_fields()[0]);
  const Field& field = work.fields[satellite.fields[key]];
  RowError error;
  error.error = {kind,
                 message,
                 {},
                 hint,
                 {work.satellite_titles[number - 1], static_cast<std::uint32_t>(std::stoul(*row[0])),
                  satellite.sheet_columns[key], field.header}};
  error.dataset = work.dataset->name;
  error.row_key = row[1].value_or("");
  error.column = work.column(satellite.fields[key]).name;
  operation.errors->add_row(std::move(error));
}

std::string satellite_key_text(const Work& work, const Satellite& satellite) {
  std::string parts;
  for (std::size_t field : work.key_fields()) {
    parts += ", " + column_at("x", position_of(satellite, field)) + "::pg_catalog.text";
  }
  return parts.empty() ? "''" : "pg_catalog.concat_ws(', '" + parts + ")";
}

void check_keys(Operation& operation, const Work& work, const Satellite& satellite, std::size_t number) {
  const std::string key = satellite_key_text(work, satellite);
  const std::string from = satellite.store->name() + " x";
  for (const pg::TextRow& row :
       pg::query("SELECT x.line, " + key + " FROM " + from + " WHERE NOT EXISTS (SELECT FROM " + work.staged->name() +
                 " s WHERE " + join_condition(work, satellite) + ") ORDER BY x.line")) {
    report(operation, work, ErrorKind::missing_reference,
           "row " + row[1].value_or("") + " stands on no row of " + work.called(),
           "Add the row there, or remove it here.", row, number, satellite);
  }
  for (const pg::TextRow& row : pg::query("SELECT max(x.line), " + key + ", min(x.line) FROM " + from +
                                          " GROUP BY 2 HAVING count(*) > 1 ORDER BY 1")) {
    report(operation, work, ErrorKind::duplicate_key,
           "row " + row[1].value_or("") + " stands twice, also in row " + *row[2], "Keep one of them.", row, number,
           satellite);
  }
}

// A column on both sheets: where they differ, the one that is not what the database holds was edited; where both are,
// nobody can tell.
void settle_copies(Operation& operation, Work& work, const Satellite& satellite, std::size_t number,
                   std::map<std::size_t, std::string>& chosen, std::string& joins) {
  const std::vector<std::size_t> keys = work.key_fields();
  for (std::size_t position = 0; position < satellite.fields.size(); ++position) {
    const std::size_t field = satellite.fields[position];
    const bool is_own = std::find(satellite.own.begin(), satellite.own.end(), position) != satellite.own.end();
    if (is_own || std::find(keys.begin(), keys.end(), field) != keys.end()) {
      continue;
    }
    const std::string main = column_at("s", field);
    const std::string copy = column_at("x", position);
    const std::string differ = images_differ(main, copy);
    const std::string both = " FROM " + work.staged->name() + " s JOIN " + satellite.store->name() + " x ON " +
                             join_condition(work, satellite);
    if (pg::query_count("SELECT count(*)" + both + " WHERE " + differ) == 0) {
      continue;
    }
    const std::string stored = "t." + pg::quote_identifier(work.column(field).name);
    const std::string table = " LEFT JOIN " + work.dataset->rows() + " t ON " +
                              registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                              work.key_join("s.c", "t");
    const std::string edited_both =
        differ + " AND " + images_differ(main, stored) + " AND " + images_differ(copy, stored);
    for (const pg::TextRow& row : pg::query("SELECT x.line, " + work.key_text("s.c") + ", s.sheet, s.line, s.r" + both +
                                                table + " WHERE " + edited_both,
                                            operation.tenant.args())) {
      const Location other = work.where(field, std::stoll(*row[2]), std::stoll(*row[3]));
      work.reject(std::stoll(*row[4]));
      RowError error;
      error.error = {ErrorKind::bad_value,
                     "column \"" + work.fields[field].header + "\" was edited differently in sheet \"" + other.sheet +
                         "\", cell " + cell_name(other.row, other.column),
                     {},
                     "Enter the same value in both cells.",
                     {work.satellite_titles[number - 1], static_cast<std::uint32_t>(std::stoul(*row[0])),
                      satellite.sheet_columns[position], work.fields[field].header}};
      error.dataset = work.dataset->name;
      error.row_key = row[1].value_or("");
      error.column = work.column(field).name;
      error.r = std::stoll(*row[4]);
      operation.errors->add_row(std::move(error));
    }
    if (joins.find(" t ON ") == std::string::npos) {
      joins += table;
    }
    chosen[field] =
        "CASE WHEN x.r IS NOT NULL AND NOT " + images_differ(main, stored) + " THEN " + copy + " ELSE " + main + " END";
  }
}

}  // namespace

void join_satellites(Operation& operation, Work& work, std::vector<Satellite>& satellites) {
  const std::size_t all = work.fields.size();
  for (std::size_t number = 1; number <= satellites.size(); ++number) {
    Satellite& satellite = satellites[number - 1];
    satellite.store->publish();
    check_keys(operation, work, satellite, number);
    std::map<std::size_t, std::string> replaced;
    std::string joins = "LEFT JOIN " + satellite.store->name() + " x ON " + join_condition(work, satellite);
    settle_copies(operation, work, satellite, number, replaced, joins);
    for (std::size_t position : satellite.own) {
      replaced[satellite.fields[position]] = column_at("x", position);
    }
    std::string list = "s.r, s.sheet, s.line, s.bad OR COALESCE(x.bad, false)";
    for (std::size_t i = 1; i < number; ++i) {
      list += ", s.line" + std::to_string(i);
    }
    list += ", x.line";
    const std::size_t width = satellite.own.empty() ? work.staged->columns() - lead_columns - (number - 1)
                                                    : satellite.fields[satellite.own.back()] + 1;
    for (std::size_t field = 0; field < width; ++field) {
      const auto other = replaced.find(field);
      list += ", " + (other == replaced.end() ? column_at("s", field) : other->second);
    }
    work.staged_fields = width;
    std::vector<pg::StoreColumn> columns = staged_columns(work, number);
    columns.resize(lead_columns + number + width);
    auto joined = std::make_unique<pg::Store>(work.next_name("joined"), columns);
    pg::append_rows(*joined, "SELECT " + list + " FROM " + work.staged->name() + " s " + joins,
                    operation.tenant.args());
    joined->publish();
    work.staged = std::move(joined);
  }
  work.staged_fields = all;
}

}  // namespace rehydra::importer
