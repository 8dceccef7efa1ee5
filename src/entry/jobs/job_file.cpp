// Job: rehydra_job_file, rehydra_job_chunks(operation_id) and rehydra_forget_jobs(older_than): what a finished job has
// left. Promise: a session takes the files of its own customer alone, and of these such as its role might have made;
// each taking stands in the activity log.
#include <nlohmann/json.hpp>

#include "entry/viewer.h"
#include "exporter/bytea_sink.h"
#include "ledger/activity.h"
#include "ledger/jobs.h"
#include "pg/bytes.h"

namespace rehydra::entry {
namespace {

std::string required_id(const Call& call) {
  const std::optional<std::string> id = call.any_text(0);
  if (!id) {
    throw Failure(ErrorKind::bad_argument, "operation_id is NULL", "It is what rehydra_submit returned.");
  }
  return *id;
}

// In isolation "all" and "existing" a role's own policies may have decided what is in the file.
bool may_act_as(Oid role) {
  return pg::call([&] { return is_member_of_role(GetUserId(), role); });
}

ledger::FoundJob require_file(const Viewer& viewer, const std::string& id) {
  const auto job = ledger::find_job(id);
  if (!job || !viewer.sees(job->model, job->customer_id)) {
    throw Failure(ErrorKind::denied, "there is no job " + id + " of this customer",
                  "SELECT operation_id, submitted_at, action, status FROM rehydra.jobs;");
  }
  if (!viewer.may_act_for(job->model, job->customer_id)) {
    refuse_to("take the file of", job->customer_id);
  }
  if (!viewer.is_operator() && !may_act_as(job->role)) {
    throw Failure(ErrorKind::denied, "the job ran as a role that the current user is no member of",
                  "Take its file as the role that submitted it.");
  }
  if (job->action != "export" || job->status != "done") {
    throw Failure(ErrorKind::bad_argument, "job " + id + " (" + job->action + ", " + job->status + ") has no file",
                  "An export has one when its status is done: SELECT rehydra_job(operation_id).");
  }
  return *job;
}

void record_download(const std::string& id, const ledger::FoundJob& job, double duration_ms) {
  ledger::Activity activity;
  activity.operation_id = ledger::new_operation_id();
  activity.model = job.model;
  activity.customer_id = job.customer_id;
  activity.kind = "download";
  activity.outcome = "applied";
  activity.options = nlohmann::json{{"operation_id", id}}.dump();
  activity.file_bytes = job.bytes;
  activity.duration_ms = duration_ms;
  ledger::record(activity);
}

// take(id): of the file that this session may have.
template <class Take>
void download(const Call& call, Take take) {
  const ledger::Stopwatch watch;
  const std::string id = required_id(call);
  require_writable();
  looking([&] {
    const Viewer viewer;
    const ledger::FoundJob job = require_file(viewer, id);
    take(id);
    record_download(id, job, watch.milliseconds());
  });
}

Datum job_file(const Call& call) {
  Datum file = 0;
  download(call, [&](const std::string& id) {
    exporter::ByteaSink sink(result_context());
    ledger::for_each_chunk(id, [&](std::int64_t, Datum data) { sink.add(pg::bytes_of(data)); });
    file = sink.finish();
  });
  return file;
}

Datum job_chunks(const Call& call) {
  begin_rows(call);
  const auto& result = *reinterpret_cast<ReturnSetInfo*>(call.info()->resultinfo);
  download(call, [&](const std::string& id) {
    ledger::for_each_chunk(id, [&](std::int64_t number, Datum data) {
      pg::call([&] {
        Datum values[2] = {Int32GetDatum(static_cast<std::int32_t>(number)), data};
        bool nulls[2] = {};
        tuplestore_putvalues(result.setResult, result.setDesc, values, nulls);
      });
    });
  });
  return 0;
}

Datum forget_jobs(const Call& call) {
  const std::optional<std::string> older_than = call.any_text(0);
  if (!older_than) {
    throw Failure(ErrorKind::bad_argument, "older_than is NULL", "For example interval '7 days'.");
  }
  std::int64_t forgotten = 0;
  looking([&] {
    const Viewer viewer;
    if (viewer.tenant().empty() && !viewer.is_operator()) {
      throw Failure(ErrorKind::denied, "this session acts for no customer",
                    "Set the customer in the session, or call as a member of rehydra_operator.");
    }
    forgotten = viewer.tenant().empty() ? ledger::forget_jobs(*older_than, std::nullopt, {})
                                        : ledger::forget_jobs(*older_than, viewer.tenant(), viewer.models());
  });
  return Int64GetDatum(forgotten);
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_job_file, rehydra::entry::job_file)
REHYDRA_FUNCTION(rehydra_job_chunks, rehydra::entry::job_chunks)
REHYDRA_FUNCTION(rehydra_forget_jobs, rehydra::entry::forget_jobs)
