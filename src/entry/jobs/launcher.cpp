// Job: the launcher: there as long as the server is; starts a dispatcher for each database that has something to do.
// When it begins, that may be any: after a crash, jobs of all databases wait to be looked at. Promise: on a standby
// there is none until it is promoted. It sees the shared catalogs alone.
#include <algorithm>
#include <vector>

#include "entry/jobs/processes.h"
#include "pg/background.h"
#include "pg/job_board.h"
#include "pg/transaction.h"

extern "C" {
#include "access/heapam.h"
#include "access/tableam.h"
#include "catalog/pg_database.h"
#include "storage/ipc.h"
}

namespace rehydra::entry {
namespace {

namespace board = pg::job_board;

constexpr long safety_net_ms = 60'000;
constexpr int most_scanned = 100'000;

std::vector<Oid> databases() {
  std::vector<Oid> found(most_scanned);
  int count = 0;
  pg::in_transaction(launcher_name, pg::Writes::as_the_session, [&] {
    pg::call([&] {
      Relation catalog = table_open(DatabaseRelationId, AccessShareLock);
      TableScanDesc scan = table_beginscan_catalog(catalog, 0, nullptr);
      for (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection); tuple != nullptr && count < most_scanned;
           tuple = heap_getnext(scan, ForwardScanDirection)) {
        const auto* database = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
        // Below -1: one that was being dropped.
        if (database->datallowconn && database->datconnlimit >= -1) {
          found[count++] = database->oid;
        }
      }
      table_endscan(scan);
      table_close(catalog, AccessShareLock);
    });
  });
  found.resize(count);
  return found;
}

bool contains(const std::vector<Oid>& list, Oid one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

class Launcher {
 public:
  void run() {
    do {
      reap();
      look_around();
    } while (pg::wait(start()));
  }

 private:
  struct Started {
    Oid database;
    BackgroundWorkerHandle* handle;
  };

  void reap() {
    started_.erase(std::remove_if(started_.begin(), started_.end(),
                                  [](const Started& one) {
                                    const bool ended = pg::has_ended(one.handle);
                                    if (ended) {
                                      board::not_started(one.database);
                                    }
                                    return ended;
                                  }),
                   started_.end());
  }

  void look_around() {
    if (board::take_visit_all()) {
      to_visit_ = databases();
    }
    while (!to_visit_.empty() && board::want(to_visit_.back())) {
      to_visit_.pop_back();
    }
  }

  // Until when to sleep.
  long start() {
    const board::ToStart wanted = board::to_start();
    const std::vector<Oid> there = wanted.count > 0 ? databases() : std::vector<Oid>{};
    for (int i = 0; i < wanted.count; ++i) {
      const Oid database = wanted.databases[i];
      if (!contains(there, database)) {
        board::forget(database);
      } else if (std::none_of(started_.begin(), started_.end(),
                              [&](const Started& one) { return one.database == database; })) {
        start(database);
      }
    }
    return wanted.milliseconds < 0 ? safety_net_ms : std::min(wanted.milliseconds, safety_net_ms);
  }

  void start(Oid database) {
    board::starting(database);
    pg::Assignment assignment;
    assignment.database = database;
    if (auto* handle = pg::start_process(dispatcher_function, dispatcher_name, assignment); handle != nullptr) {
      started_.push_back({database, handle});
    } else {
      board::not_started(database);
    }
  }

  std::vector<Started> started_;
  std::vector<Oid> to_visit_;
};

void launch() {
  pg::become_process(pg::Ends::between_waits);
  pg::connect(InvalidOid, InvalidOid);
  board::launcher_arrives();
  Launcher().run();
  pg::call([] { proc_exit(1); });  // 0 would mean that it is not needed any more
}

}  // namespace

void prepare_jobs() {
  board::prepare();
  pg::keep_running(launcher_function, launcher_name);
}

}  // namespace rehydra::entry

REHYDRA_PROCESS(rehydra_launcher_main, rehydra::entry::launch)
