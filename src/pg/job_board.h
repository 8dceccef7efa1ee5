// Job: what the processes of background work tell each other, in shared memory: which databases have something to do,
// which jobs have a place to run at, and whom to wake.
// Callers: submitting sessions; the launcher (one a cluster), a dispatcher (one a database that has something to do),
// and the workers (one a job), all in entry/jobs. Promise: there only where the library is in shared_preload_libraries.
// Nothing here is the truth about a job, which stands in its table: what is lost with a crash is found there again. No
// call raises, none waits for long.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "pg/pg.h"

namespace rehydra::pg::job_board {

constexpr int most_places = 64;
constexpr int most_databases = 64;

// Only while the library is being preloaded: asks for the memory.
void prepare();
bool exists() noexcept;

// --- Whoever has changed something -----------------------------------------------------------------------------------
// This session's transaction has changed the queue: a dispatcher looks when it has ended. Savepoints are minded; a
// transaction that is to be prepared is refused, since nobody would hear of its end.
void wake_after_transaction();
// Asks the worker of a running job to end. False where none has a place.
bool ask_to_end(const pg_uuid_t& operation) noexcept;

// --- The launcher ----------------------------------------------------------------------------------------------------
void launcher_arrives() noexcept;
// Somebody could not be noted: every database has to be looked at. Takes the mark away.
bool take_visit_all() noexcept;
// False where there is no room: later.
bool want(Oid database) noexcept;
void forget(Oid database) noexcept;
struct ToStart {
  int count = 0;
  std::array<Oid, most_databases> databases{};
  // Until something more may be started; -1: nothing waits.
  long milliseconds = -1;
};
ToStart to_start() noexcept;
// A process is asked for; it was not to be had, or has ended: where it had not come, the database is tried again later.
void starting(Oid database) noexcept;
void not_started(Oid database) noexcept;

// --- The dispatcher of a database ------------------------------------------------------------------------------------
// False where there is one. Until the process ends.
bool dispatcher_arrives(Oid database) noexcept;
void begin_round(Oid database) noexcept;
// True: may end, nothing has come since the round began.
bool may_leave(Oid database) noexcept;
// It ends, and there is more to do: when a place is free, or after some seconds.
void leave_work(Oid database, bool for_want_of_a_place) noexcept;

struct Ticket {
  int place = 0;
  std::uint32_t turn = 0;
};
// None where rehydra.max_jobs run.
std::optional<Ticket> take_place(Oid database, const pg_uuid_t& operation) noexcept;
// A place that nobody has come to. Wakes nobody: it was given back since no process was to be had.
void give_back(const Ticket& ticket) noexcept;
// Places that an earlier dispatcher has taken and nobody has come to.
void give_back_unused(Oid database) noexcept;
struct Live {
  int count = 0;
  std::array<pg_uuid_t, most_places> operations{};
};
Live live(Oid database) noexcept;

// --- The worker of a job ---------------------------------------------------------------------------------------------
// Until the process ends. False where the place is another's.
bool worker_arrives(const Ticket& ticket) noexcept;
bool asked_to_end(const Ticket& ticket) noexcept;
// From here on nobody can ask.
void no_more_asking(const Ticket& ticket) noexcept;

}  // namespace rehydra::pg::job_board
