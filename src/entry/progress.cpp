// Job: the rows of rehydra.progress, and rehydra_cancel(operation_id).
// Promise: who sees an operation sees its line of rehydra.activity_log too; who asks for its end acts for its customer,
// or for any.
#include <algorithm>
#include <cstring>

#include "entry/shell.h"
#include "pg/memory.h"
#include "pg/running_operations.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "pg/warn.h"

namespace rehydra::entry {
namespace {

// As the view rehydra.activity_log has it.
class Viewer {
 public:
  Viewer() {
    const auto roles = pg::query(
        "SELECT pg_catalog.pg_has_role('rehydra_operator', 'MEMBER'), "
        "pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER')");
    is_operator_ = roles[0][0] == "t";
    is_auditor_ = roles[0][1] == "t";
    tenant_ = pg::session_tenant();
  }

  bool sees(const pg::RunningOperation& operation) {
    return is_operator_ || is_auditor_ || acts_for_its_customer(operation);
  }
  // A session that acts for a customer acts for no other.
  bool may_cancel(const pg::RunningOperation& operation) {
    return tenant_.empty() ? is_operator_ : acts_for_its_customer(operation);
  }

 private:
  bool acts_for_its_customer(const pg::RunningOperation& operation) {
    return !tenant_.empty() && operation.customer_id == tenant_ && (is_operator_ || can_use(operation.model));
  }
  bool can_use(const std::string& model) {
    return pg::query_count("SELECT count(*) FROM rehydra.usable_models WHERE model = $1", pg::Args().text(model)) != 0;
  }

  bool is_operator_ = false;
  bool is_auditor_ = false;
  std::string tenant_;
};

std::vector<pg::RunningOperation> seen_operations(Viewer& viewer) {
  std::vector<pg::RunningOperation> operations = pg::running_operations();
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [&](const pg::RunningOperation& operation) { return !viewer.sees(operation); }),
                   operations.end());
  return operations;
}

// Statements of our own, as the caller, under names that are PostgreSQL's own.
template <class Body>
void looking(Body body) {
  pg::Spi spi;
  pg::SettingsScope settings;
  pg::pin_search_path(settings);
  body();
  settings.end();
  spi.finish();
}

void return_row(FunctionCallInfo info, const pg::RunningOperation& operation) {
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  pg::call([&] {
    Datum values[13] = {UUIDPGetDatum(&operation.operation_id),
                        CStringGetTextDatum(operation.model.c_str()),
                        CStringGetTextDatum(operation.customer_id.c_str()),
                        CStringGetTextDatum(operation.kind.c_str()),
                        CStringGetTextDatum(operation.phase),
                        CStringGetTextDatum(operation.dataset.c_str()),
                        Int64GetDatum(operation.rows_done.value_or(0)),
                        Int64GetDatum(operation.rows_total.value_or(0)),
                        Int64GetDatum(operation.bytes_done.value_or(0)),
                        Int64GetDatum(operation.bytes_total.value_or(0)),
                        TimestampTzGetDatum(operation.started_at),
                        TimestampTzGetDatum(operation.since),
                        Int32GetDatum(operation.pid)};
    bool nulls[13] = {};
    nulls[5] = operation.dataset.empty();
    nulls[6] = !operation.rows_done;
    nulls[7] = !operation.rows_total;
    nulls[8] = !operation.bytes_done;
    nulls[9] = !operation.bytes_total;
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  });
}

Datum list_running(const Call& call) {
  {
    const pg::ContextScope scope(result_context());
    pg::call([&] { InitMaterializedSRF(call.info(), 0); });
  }
  looking([&] {
    Viewer viewer;
    for (const pg::RunningOperation& operation : seen_operations(viewer)) {
      return_row(call.info(), operation);
    }
  });
  return 0;
}

bool cancel_seen(const pg_uuid_t& operation_id) {
  Viewer viewer;
  const std::vector<pg::RunningOperation> operations = seen_operations(viewer);
  const auto found = std::find_if(operations.begin(), operations.end(), [&](const pg::RunningOperation& operation) {
    return std::memcmp(&operation.operation_id, &operation_id, sizeof(operation_id)) == 0;
  });
  if (found == operations.end()) {
    return false;
  }
  if (!viewer.may_cancel(*found)) {
    throw Failure(ErrorKind::denied, "this session may not cancel an operation of customer " + found->customer_id,
                  "Call as a member of rehydra_operator in a session that acts for no customer, or in one that acts "
                  "for this customer.");
  }
  const std::string role = pg::call([] { return GetUserNameFromId(GetSessionUserId(), false); });
  return pg::ask_to_cancel(*found, role);
}

Datum cancel(const Call& call) {
  if (call.is_null(0)) {
    throw Failure(ErrorKind::bad_argument, "operation_id is NULL", "SELECT * FROM rehydra.progress;");
  }
  const pg_uuid_t operation_id = pg::call([&] { return *DatumGetUUIDP(call.info()->args[0].value); });
  bool asked = false;
  looking([&] { asked = cancel_seen(operation_id); });
  if (!asked) {
    pg::warn(ERRCODE_WARNING, "no such operation is running", "SELECT * FROM rehydra.progress;");
  }
  return BoolGetDatum(asked);
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_running_operations, rehydra::entry::list_running)
REHYDRA_FUNCTION(rehydra_cancel, rehydra::entry::cancel)
