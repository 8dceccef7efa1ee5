#include "importer/row_identity.h"

#include "importer/apply.h"

namespace rehydra::importer {

namespace {

std::string digest_of(const std::string& values) {
  return "pg_catalog.sha256(pg_catalog.convert_to(ROW(" + values + ")::pg_catalog.text, 'UTF8'))";
}

std::string digest(const Work& work, const std::string& prefix) {
  std::string values;
  for (std::size_t field = 0; field < work.staged_fields; ++field) {
    values += (field == 0 ? "" : ", ") + prefix + at(field);
  }
  return digest_of(values);
}

std::string stored_digest(const Work& work, const std::string& table_alias) {
  std::string values;
  for (std::size_t field = 0; field < work.staged_fields; ++field) {
    values += (field == 0 ? "" : ", ") + table_alias + "." + pg::quote_identifier(work.column(field).name);
  }
  return digest_of(values);
}

std::string with_number(const std::string& digest) {
  return ", " + digest + " AS digest, pg_catalog.row_number() OVER (PARTITION BY " + digest + ") AS nth";
}

}  // namespace

void set_telling_output(pg::SettingsScope& settings) {
  settings.set("extra_float_digits", "1");
  settings.set("DateStyle", "ISO");
}

std::string numbered(const Work& work, const std::string& prefix) {
  return with_number(digest(work, prefix));
}

std::string numbered_stored(const Work& work, const std::string& table_alias) {
  return with_number(stored_digest(work, table_alias));
}

std::string same_row(const std::string& left, const std::string& right) {
  return left + ".digest OPERATOR(pg_catalog.=) " + right + ".digest AND " + left + ".nth OPERATOR(pg_catalog.=) " +
         right + ".nth";
}

// Which of equal rows go does not matter: as many as are planned.
std::string doomed_rows(const registry::Model& model, const Work& work) {
  return "(SELECT s.relation, s.place FROM (SELECT t.tableoid AS relation, t.ctid AS place" +
         numbered_stored(work, "t") + " FROM " + work.dataset->rows() + " t WHERE " +
         registry::tenant_predicate(model, *work.dataset, "t") + ") s JOIN (SELECT " + digest(work, "p.o") +
         " AS digest, pg_catalog.count(*) AS copies FROM " + work.plan->name() + " p WHERE " + action_is("p", 'D') +
         " GROUP BY 1) d ON s.digest "
         "OPERATOR(pg_catalog.=) d.digest AND s.nth OPERATOR(pg_catalog.<=) d.copies) k";
}

std::string k_is_t() {
  return "t.ctid OPERATOR(pg_catalog.=) k.place AND t.tableoid OPERATOR(pg_catalog.=) k.relation";
}

}  // namespace rehydra::importer
