// Job: the dispatcher of a database: says of jobs that ran when the server stopped that they were interrupted, and
// starts workers for those that wait, in their order, as many as may run at a time. Promise: it is there while its
// database has jobs that run or can be started, and leaves otherwise; it touches the bookkeeping alone. A job that
// cannot be started now stays in the queue.
#include <algorithm>
#include <vector>

#include "entry/jobs/processes.h"
#include "ledger/jobs.h"
#include "pg/background.h"
#include "pg/job_board.h"
#include "pg/server_log.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "pg/transaction.h"
#include "pg/uuid_text.h"

namespace rehydra::entry {
namespace {

namespace board = pg::job_board;

constexpr long safety_net_ms = 60'000;
constexpr long retry_ms = 5'000;

const ledger::BadEnd interrupted{"interrupted", "57P01",
                                 "the server or the job's worker ended before the operation did",
                                 "Nothing of it was kept.", "Submit it again."};
const ledger::BadEnd not_begun{"interrupted", "57P01", "the job's worker ended before the operation began",
                               "Nothing was changed.", "The server's log says why; submit it again."};

ledger::BadEnd refused(const std::string& why) {
  return {"failed", "28000", "the job cannot run: " + why, {}, "Submit it again as a role that may log in."};
}

struct Chosen {
  std::string operation_id;
  pg_uuid_t operation;
  Oid role;
  board::Ticket ticket;
};

struct Started {
  std::string operation_id;
  BackgroundWorkerHandle* handle;
};

// A schema of that name without the extension is somebody else's.
bool is_installed() {
  return pg::query_count(
             "SELECT count(*) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_depend d"
             " ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid AND d.deptype ="
             " 'e' WHERE e.extname = 'rehydra' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
             " AND d.objid = pg_catalog.to_regclass('rehydra.job')") != 0;
}

class Dispatcher {
 public:
  explicit Dispatcher(Oid database) : database_(database) {}

  void run() {
    while (round()) {
    }
  }

 private:
  // False where there is nothing to stay for.
  bool round() {
    board::begin_round(database_);
    reap();
    look();
    start();
    if (!started_.empty() || board::live(database_).count > 0) {
      return pg::wait(blocked_ ? retry_ms : safety_net_ms);
    }
    if (blocked_ || no_place_) {
      board::leave_work(database_, !blocked_);
      return false;
    }
    return !board::may_leave(database_);
  }

  void reap() {
    for (auto one = started_.begin(); one != started_.end();) {
      if (pg::has_ended(one->handle)) {
        ended_.push_back(one->operation_id);
        one = started_.erase(one);
      } else {
        ++one;
      }
    }
  }

  std::vector<std::string> live() const {
    const board::Live found = board::live(database_);
    std::vector<std::string> ids;
    for (int i = 0; i < found.count; ++i) {
      ids.push_back(pg::uuid_text(found.operations[i]));
    }
    return ids;
  }

  void look() {
    chosen_.clear();
    blocked_ = no_place_ = false;
    pg::in_transaction(dispatcher_name, pg::Writes::always, [&] {
      pg::Spi spi;
      pg::SettingsScope settings;
      pg::pin_search_path(settings);
      if (is_installed()) {
        // Before the rows are read: a job that ends meanwhile has its place, or its row says so.
        std::vector<std::string> running = live();
        settle(running);
        // Those that have given their place back, and may not have ended.
        for (const Started& one : started_) {
          running.push_back(one.operation_id);
        }
        choose(running);
      }
      settings.end();
      spi.finish();
    });
    ended_.clear();
  }

  void settle(const std::vector<std::string>& running) {
    for (const std::string& id : ledger::lost_jobs(running)) {
      (void)ledger::end_badly(id, interrupted);
    }
    for (const std::string& id : ended_) {
      const bool again = std::find(running.begin(), running.end(), id) != running.end();
      if (!again && ledger::is_queued(id)) {
        (void)ledger::end_badly(id, not_begun);
      }
    }
  }

  void choose(std::vector<std::string>& running) {
    for (auto next = ledger::next_job(running); next; next = ledger::next_job(running)) {
      if (next->obstacle) {
        (void)ledger::end_badly(next->operation_id, refused(*next->obstacle));
        continue;
      }
      const pg_uuid_t operation = pg::uuid_of(next->operation_id);
      const auto ticket = board::take_place(database_, operation);
      if (!ticket) {
        no_place_ = true;
        return;
      }
      chosen_.push_back({next->operation_id, operation, next->session_role, *ticket});
      running.push_back(next->operation_id);
    }
  }

  void start() {
    for (const Chosen& one : chosen_) {
      const pg::Assignment assignment{database_, one.role, one.operation, one.ticket.place, one.ticket.turn};
      auto* handle = blocked_ ? nullptr : pg::start_process(worker_function, worker_name, assignment);
      if (handle != nullptr) {
        started_.push_back({one.operation_id, handle});
        continue;
      }
      board::give_back(one.ticket);
      if (!blocked_) {
        pg::log_line("rehydra: no background process for a job, which stays in the queue: raise max_worker_processes");
      }
      blocked_ = true;
    }
  }

  Oid database_;
  std::vector<Started> started_;
  std::vector<std::string> ended_;
  std::vector<Chosen> chosen_;
  bool blocked_ = false;   // the server had no process
  bool no_place_ = false;  // as many as may run do
};

void dispatch() {
  const Oid database = pg::assignment().database;
  pg::become_process(pg::Ends::as_a_session);
  if (!board::dispatcher_arrives(database)) {
    return;
  }
  board::give_back_unused(database);
  pg::connect(database, InvalidOid);
  Dispatcher(database).run();
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_PROCESS(rehydra_dispatcher_main, rehydra::entry::dispatch)
