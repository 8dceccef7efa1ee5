#include "ledger/activity.h"

#include "pg/settings.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

std::string new_operation_id() {
  return *pg::query_value("SELECT pg_catalog.gen_random_uuid()");
}

void record(const Activity& activity) {
  const std::string app_user = pg::app_user();
  pg::Args args;
  args.text(activity.operation_id).text_or_null(activity.model).text_or_null(activity.customer_id).text(activity.kind);
  args.text_or_null(activity.mode).datum(BOOLOID, BoolGetDatum(activity.dry_run.value_or(false)), !activity.dry_run);
  args.text(activity.outcome).text_or_null(activity.sqlstate).text_or_null(activity.effective_role);
  args.text_or_null(app_user.empty() ? std::nullopt : std::optional<std::string>(app_user)).text(activity.options);
  args.text_or_null(activity.file_sha256)
      .datum(INT8OID, Int64GetDatum(activity.file_bytes.value_or(0)), !activity.file_bytes);
  args.text_or_null(activity.datasets)
      .datum(FLOAT8OID, Float8GetDatum(activity.duration_ms))
      .text_or_null(activity.detail);
  args.text(pg::call([] { return GetUserNameFromId(GetSessionUserId(), false); }));
  args.datum(INT8OID, Int64GetDatum(activity.error_count.value_or(0)), !activity.error_count);
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "INSERT INTO rehydra.activity (operation_id, model, customer_id, at, kind, mode, dry_run, outcome, sqlstate, "
      "session_role,"
      " effective_role, app_user, client_addr, application_name, options, file_sha256, file_bytes, datasets, "
      "duration_ms, detail, error_count)"
      " VALUES ($1::uuid, $2, $3, pg_catalog.clock_timestamp(), $4, $5, $6, $7, $8, $17::name, $9::name, $10,"
      " COALESCE(pg_catalog.inet_client_addr(), (SELECT j.client_addr FROM rehydra.job j WHERE j.operation_id ="
      " $1::uuid)), pg_catalog.current_setting('application_name', true), $11::jsonb, $12, $13, "
      "$14::jsonb,"
      " $15::numeric, $16, $18)",
      args);
}

void record_end(const Activity& activity) {
  pg::Args args;
  args.text(activity.operation_id).text(activity.outcome).text_or_null(activity.file_sha256);
  args.datum(INT8OID, Int64GetDatum(activity.file_bytes.value_or(0)), !activity.file_bytes);
  args.text_or_null(activity.datasets).datum(FLOAT8OID, Float8GetDatum(activity.duration_ms));
  args.text_or_null(activity.detail);
  std::uint64_t begun = 0;
  {
    const registry::Bookkeeper bookkeeper;
    begun = pg::execute(
        "INSERT INTO rehydra.activity_end (operation_id, at, outcome, file_sha256, file_bytes, datasets, duration_ms, "
        "detail)"
        " SELECT operation_id, pg_catalog.clock_timestamp(), $2, $3, $4, $5::jsonb, $6::numeric, $7"
        " FROM rehydra.activity WHERE operation_id = $1::uuid",
        args);
  }
  if (begun == 0) {
    record(activity);
  }
}

}  // namespace rehydra::ledger
