// Job: the worker of one job: connects as the session's user that submitted it, takes that session's settings, becomes
// its role, carries the job out in a transaction of its own, and writes down what became of it. Promise: it can do what
// the submitter could and no more. The result and the word that it is done come with the operation's own commit;
// everything else leaves the customer as it was.
#include <csignal>
#include <nlohmann/json.hpp>

#include "codec/worker.h"
#include "entry/jobs/may_run.h"
#include "entry/jobs/processes.h"
#include "entry/jobs/request_json.h"
#include "entry/shell.h"
#include "exporter/export_stream.h"
#include "ledger/jobs.h"
#include "pg/bytes.h"
#include "pg/job_board.h"
#include "pg/server_log.h"
#include "pg/session_settings.h"
#include "pg/spi.h"
#include "pg/transaction.h"
#include "pg/uuid_text.h"
#include "registry/tenancy.h"

namespace rehydra::entry {
namespace {

namespace board = pg::job_board;

constexpr std::size_t chunk_bytes = 1U << 20;

// The configuration may say by now that another setting holds the customer.
void require_same_customer(const ledger::Job& job, const std::optional<std::string>& customer_id) {
  const registry::Model model = registry::load(job.model, CurrentMemoryContext);
  if (registry::resolve_tenant(model, customer_id).id != job.customer_id) {
    throw Failure(ErrorKind::denied, "the job would act for another customer than when it was submitted",
                  "Submit it again.");
  }
}

void write_export(const ledger::Job& job) {
  exporter::Request request = stored_export(job.arguments);
  request.operation_id = job.operation_id;
  require_same_customer(job, request.customer_id);
  exporter::ExportStream stream(request, cancel_flag(), CurrentMemoryContext);
  codec::Worker::Scope work(stream.worker());
  int number = 0;
  std::int64_t bytes = 0;
  std::string waiting;
  for (std::string chunk; stream.next(chunk);) {
    waiting += chunk;
    bytes += static_cast<std::int64_t>(chunk.size());
    if (waiting.size() >= chunk_bytes) {
      ledger::add_chunk(job.operation_id, number++, waiting);
      waiting.clear();
    }
  }
  work.end();
  if (!waiting.empty()) {
    ledger::add_chunk(job.operation_id, number, waiting);
  }
  ledger::end_job(job.operation_id, "applied", std::nullopt, bytes);
}

void read_import(const ledger::Job& job) {
  importer::Request request = stored_import(job.arguments);
  request.operation_id = job.operation_id;
  require_same_customer(job, request.customer_id);
  request.file = pg::bytes_of(ledger::job_file(job.operation_id));
  const importer::Answer answer = importer::run_import(request, cancel_flag(), CurrentMemoryContext);
  ledger::end_job(job.operation_id, importer::status_name(answer.status), answer.report, 0);
}

// As the body of an SQL function whose one argument is the job.
Datum carry_out(const Call& call) {
  // Nothing that the job's role has code in may become the session's user again.
  const pg::RoleScope restricted(GetUserId(), SECURITY_RESTRICTED_OPERATION);
  const auto& job = *reinterpret_cast<const ledger::Job*>(DatumGetPointer(call.info()->args[0].value));
  require_writable();
  pg::Spi spi;
  require_execute(job.action);
  job.action == "export" ? write_export(job) : read_import(job);
  spi.finish();
  return 0;
}

void run(const ledger::Job& job) {
  pg::in_transaction("rehydra job: settings and role", pg::Writes::as_the_session, [&] {
    pg::apply_settings(nlohmann::json::parse(job.settings).get<pg::SessionSettings>());
    const char* role = pg::call([&] { return GetUserNameFromId(job.role, true); });
    if (role == nullptr || !pg::may_become(GetSessionUserId(), job.role)) {
      throw Failure(ErrorKind::denied,
                    "the role that the job was to run as is gone, or this session's user may not become it",
                    "Submit it as another one.");
    }
    pg::set_role(role);
  });
  pg::in_transaction("rehydra job: " + job.action + " " + job.operation_id, pg::Writes::as_the_session, [&] {
    pg::call([&] {
      LOCAL_FCINFO(info, 1);
      InitFunctionCallInfoData(*info, nullptr, 1, InvalidOid, nullptr, nullptr);
      info->args[0].value = PointerGetDatum(&job);
      info->args[0].isnull = false;
      (void)entry::run(info, carry_out);
    });
  });
}

ledger::BadEnd end_of(const pg::PendingError& error, const board::Ticket& ticket) {
  const auto text = [](const char* part) { return std::string(part != nullptr ? part : ""); };
  const int sqlstate = error.server != nullptr ? error.server->sqlerrcode : error.sqlstate;
  ledger::BadEnd end;
  end.status = sqlstate == ERRCODE_QUERY_CANCELED ? "cancelled" : "failed";
  end.sqlstate = pg::sqlstate_text(sqlstate);
  end.message = text(error.server != nullptr ? error.server->message : error.message);
  end.detail = text(error.server != nullptr ? error.server->detail : error.detail);
  end.hint = text(error.server != nullptr ? error.server->hint : error.hint);
  if (end.status == "cancelled" && board::asked_to_end(ticket)) {
    end.message = "canceled by rehydra_cancel";
  }
  return end;
}

// What was asked for too late must not hit the writing down.
void write_down(const std::string& id, const board::Ticket& ticket, const ledger::BadEnd& end) {
  board::no_more_asking(ticket);
  QueryCancelPending = false;
  pg::in_transaction("rehydra job: end", pg::Writes::always, [&] {
    pg::Spi spi;
    (void)ledger::end_badly(id, end);
    pg::log_line("rehydra: job " + id + " " + end.status + ": SQLSTATE " + end.sqlstate.value_or("") + ": " +
                 end.message);
    spi.finish();
  });
}

void run_and_catch(const std::string& id, const board::Ticket& ticket, pg::PendingError& error) {
  try {
    std::optional<ledger::Job> job;
    pg::in_transaction("rehydra job: begin", pg::Writes::always, [&] {
      pg::Spi spi;
      job = ledger::begin_job(id);
      spi.finish();
    });
    if (job && board::asked_to_end(ticket)) {
      throw Failure(ErrorKind::cancelled, "canceled by rehydra_cancel");
    }
    if (job) {
      run(*job);
    }
  } catch (...) {
    pg::capture_current_exception(error);
  }
}

void work() {
  const pg::Assignment mine = pg::assignment();
  const board::Ticket ticket{mine.place, mine.turn};
  pg::become_process(pg::Ends::as_a_session);
  if (!board::worker_arrives(ticket)) {
    return;
  }
  pg::connect(mine.database, mine.role);
  const std::string id = pg::uuid_text(mine.operation);
  pg::PendingError error;
  run_and_catch(id, ticket, error);
  if (error.set) {
    write_down(id, ticket, end_of(error, ticket));
  }
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_PROCESS(rehydra_job_main, rehydra::entry::work)
