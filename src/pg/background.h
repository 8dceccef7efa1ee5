// Job: start background processes of the server, and be one.
// Callers: entry/jobs. Promise: a process ends as a session does (SIGTERM, SIGINT), reads the configuration anew when
// it is told to, and sleeps until its latch is set.
#pragma once

#include <cstdint>
#include <string>

#include "pg/pg.h"

struct BackgroundWorkerHandle;

namespace rehydra::pg {

// What a process is told; it lies in the server's own record of it.
struct Assignment {
  Oid database = InvalidOid;
  Oid role = InvalidOid;
  pg_uuid_t operation{};
  int place = 0;
  std::uint32_t turn = 0;
};

// While the library is being preloaded: a process that is there whenever the server is no standby
// and not in pg_upgrade's hands.
void keep_running(const char* function, const char* name);

// nullptr where the server has no place for another process (max_worker_processes). This process is told of its start
// and end. function: of this library.
BackgroundWorkerHandle* start_process(const char* function, const char* name, const Assignment& assignment);
bool has_ended(BackgroundWorkerHandle* handle);

// --- Inside of a process ---------------------------------------------------------------------------------------------
const Assignment& assignment() noexcept;
// How SIGTERM is taken: as the end of a session, or by a wait() that returns false.
enum class Ends : bool { as_a_session, between_waits };
void become_process(Ends ends);
// InvalidOid: no database, the shared catalogs alone; the superuser that owns them.
void connect(Oid database, Oid role);
// Until the latch is set or the time is over; -1: no time. False where the process was told to end.
bool wait(long milliseconds);

}  // namespace rehydra::pg
