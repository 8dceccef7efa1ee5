#include "pg/job_board.h"

#include <csignal>
#include <cstring>

#include "pg/guard.h"
#include "pg/settings.h"

extern "C" {
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
}

namespace rehydra::pg::job_board {

namespace {

constexpr const char* board_name = "rehydra jobs";
constexpr int pause_ms = 10'000;  // before what has failed is tried again
constexpr int retry_ms = 5'000;   // before the server is asked once more for a process

struct Database {
  Oid oid;  // InvalidOid: a free line
  int dispatcher;
  Latch* latch;
  bool wanted;
  bool waits_for_place;
  bool starting;
  bool leaving;
  TimestampTz not_before;
};

struct Place {
  Oid database;  // InvalidOid: free
  std::uint32_t turn;
  pg_uuid_t operation;
  int pid;
  bool asked;
  bool over;
};

struct Board {
  Latch* launcher;
  bool visit_all;
  Database databases[most_databases];
  Place places[most_places];
};

Board* board = nullptr;
LWLock* board_lock = nullptr;
RehydraRequestHook next_request = nullptr;
shmem_startup_hook_type next_startup = nullptr;

class Locked {
 public:
  explicit Locked(LWLockMode mode = LW_EXCLUSIVE) noexcept { LWLockAcquire(board_lock, mode); }
  ~Locked() { LWLockRelease(board_lock); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

extern "C" void rehydra_request_board(void) {
  if (next_request != nullptr) {
    next_request();
  }
  RequestAddinShmemSpace(MAXALIGN(sizeof(Board)));
  RequestNamedLWLockTranche(board_name, 1);
}

extern "C" void rehydra_make_board(void) {
  if (next_startup != nullptr) {
    next_startup();
  }
  bool found = false;
  LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
  board = static_cast<Board*>(ShmemInitStruct(board_name, sizeof(Board), &found));
  if (!found) {
    std::memset(static_cast<void*>(board), 0, sizeof(Board));
  }
  board_lock = &GetNamedLWLockTranche(board_name)->lock;
  LWLockRelease(AddinShmemInitLock);
}

// Latches lie in the server's own shared memory: one whose process has gone may be set for nothing.
void set(Latch* latch) noexcept {
  if (latch != nullptr) {
    SetLatch(latch);
  }
}

// The rest needs the lock.
Database* find(Oid database) noexcept {
  for (Database& line : board->databases) {
    if (line.oid == database) {
      return &line;
    }
  }
  return nullptr;
}

Database* find_or_add(Oid database) noexcept {
  Database* line = find(database);
  if (line == nullptr && (line = find(InvalidOid)) != nullptr) {
    *line = {};
    line->oid = database;
  }
  return line;
}

// Whom to wake.
Latch* note(Oid database) noexcept {
  Database* line = find_or_add(database);
  if (line == nullptr) {
    board->visit_all = true;
    return board->launcher;
  }
  line->wanted = true;
  return line->latch != nullptr ? line->latch : board->launcher;
}

int places_used() noexcept {
  int used = 0;
  for (const Place& place : board->places) {
    used += place.database != InvalidOid ? 1 : 0;
  }
  return used;
}

Place* place_of(const Ticket& ticket) noexcept {
  Place& place = board->places[ticket.place];
  return place.database != InvalidOid && place.turn == ticket.turn ? &place : nullptr;
}

void empty(Place& place) noexcept {
  place.database = InvalidOid;
  ++place.turn;
}

// Everybody who may wait for a place, or for this database's job to end.
void wake_waiting(Oid database) noexcept {
  set(note(database));
  set(board->launcher);
  for (const Database& line : board->databases) {
    set(line.latch);
  }
}

TimestampTz in(int milliseconds) noexcept {
  return TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds);
}

// --- The end of a transaction ----------------------------------------------------------------------------------------
SubTransactionId changed_in = InvalidSubTransactionId;
bool changed = false;

void wake(Oid database) noexcept {
  const Locked locked;
  set(note(database));
}

// Also where it was rolled back: a dispatcher may have passed over a row that it had locked.
extern "C" void rehydra_transaction_ended(XactEvent event, void*) {
  if (event == XACT_EVENT_PRE_PREPARE && changed_in != InvalidSubTransactionId) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot PREPARE a transaction that has submitted or cancelled a job"),
                    errhint("Submit it in a transaction of its own.")));
  }
  if (changed && (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)) {
    changed = false;
    changed_in = InvalidSubTransactionId;
    wake(MyDatabaseId);
  }
}

// Numbers grow: what has begun since this one began is inside of it.
extern "C" void rehydra_subtransaction_ended(SubXactEvent event, SubTransactionId own, SubTransactionId, void*) {
  if (event == SUBXACT_EVENT_ABORT_SUB && changed_in >= own) {
    changed_in = InvalidSubTransactionId;
  }
}

// --- The ends of processes -------------------------------------------------------------------------------------------
extern "C" void rehydra_launcher_left(int, Datum) {
  const Locked locked;
  board->launcher = nullptr;
}

extern "C" void rehydra_dispatcher_left(int, Datum database) {
  const Locked locked;
  Database* line = find(DatumGetObjectId(database));
  if (line == nullptr || line->dispatcher != MyProcPid) {
    return;
  }
  line->dispatcher = 0;
  line->latch = nullptr;
  if (!line->leaving) {
    line->wanted = true;
    line->not_before = in(pause_ms);
  }
  if (!line->wanted) {
    line->oid = InvalidOid;
  }
  set(board->launcher);
}

Ticket own_ticket;

extern "C" void rehydra_worker_left(int, Datum) {
  const Locked locked;
  if (Place* place = place_of(own_ticket); place != nullptr) {
    wake_waiting(place->database);
    empty(*place);
  }
}

}  // namespace

void prepare() {
  next_startup = shmem_startup_hook;
  shmem_startup_hook = rehydra_make_board;
  next_request = rehydra_hook_memory_request(rehydra_request_board);
}

bool exists() noexcept {
  return board != nullptr;
}

void wake_after_transaction() {
  static bool arranged = false;
  if (!arranged) {
    call([] {
      RegisterXactCallback(rehydra_transaction_ended, nullptr);
      RegisterSubXactCallback(rehydra_subtransaction_ended, nullptr);
    });
    arranged = true;
  }
  changed = true;
  if (changed_in == InvalidSubTransactionId) {
    changed_in = GetCurrentSubTransactionId();
  }
}

bool ask_to_end(const pg_uuid_t& operation) noexcept {
  if (!exists()) {
    return false;
  }
  const Locked locked;
  for (Place& place : board->places) {
    if (place.database == MyDatabaseId && !place.over &&
        std::memcmp(&place.operation, &operation, sizeof(operation)) == 0) {
      place.asked = true;
      if (place.pid != 0) {
        (void)kill(place.pid, SIGINT);  // it cannot leave its place without the lock
      }
      return true;
    }
  }
  return false;
}

void launcher_arrives() noexcept {
  on_shmem_exit(rehydra_launcher_left, 0);
  const Locked locked;
  board->launcher = MyLatch;
  board->visit_all = true;
  for (Database& line : board->databases) {
    line.starting = false;  // an earlier launcher's; two dispatchers of one database are told apart when they come
  }
}

bool take_visit_all() noexcept {
  const Locked locked;
  const bool wanted = board->visit_all;
  board->visit_all = false;
  return wanted;
}

bool want(Oid database) noexcept {
  const Locked locked;
  if (find_or_add(database) == nullptr) {
    return false;
  }
  set(note(database));
  return true;
}

void forget(Oid database) noexcept {
  const Locked locked;
  Database* line = find(database);
  if (line != nullptr && line->dispatcher == 0) {
    line->oid = InvalidOid;
  }
}

ToStart to_start() noexcept {
  ToStart found;
  const TimestampTz now = GetCurrentTimestamp();
  const Locked locked(LW_SHARED);
  const bool has_places = places_used() < max_jobs();
  // One more than can have a job, so that a database where nothing can be started is looked at too.
  int room = max_jobs() + 1;
  for (const Database& line : board->databases) {
    room -= line.oid != InvalidOid && (line.dispatcher != 0 || line.starting) ? 1 : 0;
  }
  for (const Database& line : board->databases) {
    if (line.oid == InvalidOid || !line.wanted || line.dispatcher != 0 || line.starting ||
        (line.waits_for_place && !has_places)) {
      continue;
    }
    if (line.not_before > now) {
      const long left = static_cast<long>((line.not_before - now) / 1'000) + 1;
      found.milliseconds = found.milliseconds < 0 || left < found.milliseconds ? left : found.milliseconds;
    } else if (found.count < room) {
      found.databases[found.count++] = line.oid;
    }
  }
  return found;
}

void starting(Oid database) noexcept {
  const Locked locked;
  if (Database* line = find(database); line != nullptr) {
    line->starting = true;
  }
}

void not_started(Oid database) noexcept {
  const Locked locked;
  if (Database* line = find(database); line != nullptr && line->starting) {
    line->starting = false;
    line->not_before = in(retry_ms);
  }
}

bool dispatcher_arrives(Oid database) noexcept {
  {
    const Locked locked;
    Database* line = find_or_add(database);
    if (line == nullptr || line->dispatcher != 0) {
      return false;
    }
    line->dispatcher = MyProcPid;
    line->latch = MyLatch;
    line->starting = line->leaving = line->waits_for_place = false;
    line->not_before = 0;
  }
  on_shmem_exit(rehydra_dispatcher_left, ObjectIdGetDatum(database));
  return true;
}

void begin_round(Oid database) noexcept {
  const Locked locked;
  find(database)->wanted = false;
}

bool may_leave(Oid database) noexcept {
  const Locked locked;
  Database* line = find(database);
  line->leaving = !line->wanted;
  return line->leaving;
}

void leave_work(Oid database, bool for_want_of_a_place) noexcept {
  const Locked locked;
  Database* line = find(database);
  line->wanted = true;
  line->leaving = true;
  line->waits_for_place = for_want_of_a_place;
  line->not_before = for_want_of_a_place ? 0 : in(retry_ms);
}

std::optional<Ticket> take_place(Oid database, const pg_uuid_t& operation) noexcept {
  const Locked locked;
  if (places_used() >= max_jobs()) {
    return std::nullopt;
  }
  for (int i = 0; i < most_places; ++i) {
    Place& place = board->places[i];
    if (place.database == InvalidOid) {
      place = {database, place.turn, operation, 0, false, false};
      return Ticket{i, place.turn};
    }
  }
  return std::nullopt;
}

void give_back(const Ticket& ticket) noexcept {
  const Locked locked;
  if (Place* place = place_of(ticket); place != nullptr && place->pid == 0) {
    empty(*place);
  }
}

void give_back_unused(Oid database) noexcept {
  const Locked locked;
  for (Place& place : board->places) {
    if (place.database == database && place.pid == 0) {
      empty(place);
    }
  }
}

Live live(Oid database) noexcept {
  Live found;
  const Locked locked(LW_SHARED);
  for (const Place& place : board->places) {
    if (place.database == database) {
      found.operations[found.count++] = place.operation;
    }
  }
  return found;
}

bool worker_arrives(const Ticket& ticket) noexcept {
  {
    const Locked locked;
    Place* place = place_of(ticket);
    if (place == nullptr || place->pid != 0) {
      return false;
    }
    place->pid = MyProcPid;
  }
  own_ticket = ticket;
  on_shmem_exit(rehydra_worker_left, 0);
  return true;
}

bool asked_to_end(const Ticket& ticket) noexcept {
  const Locked locked(LW_SHARED);
  const Place* place = place_of(ticket);
  return place == nullptr || place->asked;
}

void no_more_asking(const Ticket& ticket) noexcept {
  const Locked locked;
  if (Place* place = place_of(ticket); place != nullptr) {
    place->over = true;
  }
}

}  // namespace rehydra::pg::job_board
