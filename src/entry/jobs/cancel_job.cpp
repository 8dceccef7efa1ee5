#include "entry/jobs/cancel_job.h"

#include "ledger/jobs.h"
#include "pg/job_board.h"
#include "pg/uuid_text.h"

namespace rehydra::entry {

namespace {

ledger::BadEnd cancelled() {
  const std::string role = pg::call([] { return GetUserNameFromId(GetSessionUserId(), false); });
  return {
      "cancelled", "57014", "canceled by rehydra_cancel before it began", "Role \"" + role + "\" asked for it.", {}};
}

}  // namespace

bool cancel_job(const Viewer& viewer, const std::string& operation_id) {
  const auto job = ledger::find_job(operation_id);
  if (!job || !viewer.sees(job->model, job->customer_id)) {
    return false;
  }
  if (job->status != "queued" && job->status != "running") {
    return false;
  }
  if (!viewer.may_act_for(job->model, job->customer_id)) {
    refuse_to("cancel", job->customer_id);
  }
  if (job->status == "queued" && ledger::end_badly(operation_id, cancelled(), ledger::From::queued)) {
    pg::job_board::wake_after_transaction();
    return true;
  }
  return pg::job_board::ask_to_end(pg::uuid_of(operation_id));
}

}  // namespace rehydra::entry
