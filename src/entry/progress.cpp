// Job: the rows of rehydra.progress, and rehydra_cancel(operation_id).
// Promise: who sees an operation sees its line of rehydra.activity_log too; who asks for its end acts for its customer,
// or for any.
#include <algorithm>
#include <cstring>

#include "entry/jobs/cancel_job.h"
#include "entry/viewer.h"
#include "pg/memory.h"
#include "pg/running_operations.h"
#include "pg/warn.h"

namespace rehydra::entry {
namespace {

std::vector<pg::RunningOperation> seen_operations(Viewer& viewer) {
  std::vector<pg::RunningOperation> operations = pg::running_operations();
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [&](const pg::RunningOperation& operation) {
                                    return !viewer.sees(operation.model, operation.customer_id);
                                  }),
                   operations.end());
  return operations;
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
  begin_rows(call);
  looking([&] {
    Viewer viewer;
    for (const pg::RunningOperation& operation : seen_operations(viewer)) {
      return_row(call.info(), operation);
    }
  });
  return 0;
}

// id: the same as text.
bool cancel_seen(const pg_uuid_t& operation_id, const std::string& id) {
  Viewer viewer;
  const std::vector<pg::RunningOperation> operations = seen_operations(viewer);
  const auto found = std::find_if(operations.begin(), operations.end(), [&](const pg::RunningOperation& operation) {
    return std::memcmp(&operation.operation_id, &operation_id, sizeof(operation_id)) == 0;
  });
  if (found == operations.end()) {
    return cancel_job(viewer, id);
  }
  if (!viewer.may_act_for(found->model, found->customer_id)) {
    refuse_to("cancel", found->customer_id);
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
  const std::string id = *call.any_text(0);
  looking([&] { asked = cancel_seen(operation_id, id); });
  if (!asked) {
    pg::warn(ERRCODE_WARNING, "no such operation is running", "SELECT * FROM rehydra.progress;");
  }
  return BoolGetDatum(asked);
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_running_operations, rehydra::entry::list_running)
REHYDRA_FUNCTION(rehydra_cancel, rehydra::entry::cancel)
