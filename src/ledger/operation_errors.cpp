#include "ledger/operation_errors.h"

#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

void record_errors(const std::string& operation_id, const std::string& errors) {
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "INSERT INTO rehydra.operation_errors (operation_id, number, sheet, cell, line, position, header, dataset, "
      "row_key,"
      " column_name, value, sqlstate, message, reason, hint)"
      " SELECT $1::uuid, l.number, e.sheet, e.cell, e.line, e.position, e.header, e.dataset, e.row_key, e.column_name,"
      " e.value, e.sqlstate, e.message, e.reason, e.hint"
      " FROM pg_catalog.jsonb_array_elements($2::jsonb) WITH ORDINALITY AS l (error, number),"
      " pg_catalog.jsonb_to_record(l.error) AS e (sheet text, cell text, line bigint, position int, header text,"
      " dataset text, row_key text, column_name text, value text, sqlstate text, message text, reason text, hint text)",
      pg::Args().text(operation_id).text(errors));
}

}  // namespace rehydra::ledger
