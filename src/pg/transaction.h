// Job: a whole transaction of a process that nobody has opened one in.
// Callers: the background processes of entry/jobs.
// Promise: however body ends, the transaction has ended before anybody hears of it: committed, or rolled back outside
// of every handler.
#pragma once

#include <exception>
#include <string>

#include "pg/guard.h"

namespace rehydra::pg {

// Bookkeeping goes on where the database's or the role's transactions only read by default.
enum class Writes : bool { as_the_session, always };

// doing: what pg_stat_activity shows meanwhile.
template <class Body>
void in_transaction(const std::string& doing, Writes writes, Body&& body) {
  call([&] {
    pgstat_report_activity(STATE_RUNNING, doing.c_str());
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    if (writes == Writes::always) {
      XactReadOnly = false;
    }
    PushActiveSnapshot(GetTransactionSnapshot());
  });
  std::exception_ptr thrown;
  try {
    body();
    call([] {
      PopActiveSnapshot();
      CommitTransactionCommand();
    });
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown != nullptr) {
    call([] { AbortCurrentTransaction(); });
  }
  call([] {
    (void)pgstat_report_stat(true);
    pgstat_report_activity(STATE_IDLE, nullptr);
  });
  if (thrown != nullptr) {
    std::rethrow_exception(thrown);
  }
}

}  // namespace rehydra::pg
