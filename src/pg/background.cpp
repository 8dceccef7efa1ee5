#include "pg/background.h"

#include <cstring>

#include "pg/guard.h"

extern "C" {
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
}

namespace rehydra::pg {

namespace {

constexpr int restart_seconds = 5;

static_assert(sizeof(Assignment) <= BGW_EXTRALEN, "the server keeps the assignment");

BackgroundWorker described(const char* function, const char* name) {
  BackgroundWorker worker{};
  strlcpy(worker.bgw_name, name, sizeof(worker.bgw_name));
  strlcpy(worker.bgw_type, name, sizeof(worker.bgw_type));
  strlcpy(worker.bgw_library_name, "rehydra", sizeof(worker.bgw_library_name));
  strlcpy(worker.bgw_function_name, function, sizeof(worker.bgw_function_name));
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  return worker;
}

}  // namespace

void keep_running(const char* function, const char* name) {
  // The servers that pg_upgrade starts are its own: a process would run jobs while they are dumped, and be in its way.
  if (IsBinaryUpgrade) {
    return;
  }
  BackgroundWorker worker = described(function, name);
  worker.bgw_restart_time = restart_seconds;
  RegisterBackgroundWorker(&worker);
}

BackgroundWorkerHandle* start_process(const char* function, const char* name, const Assignment& assignment) {
  BackgroundWorker worker = described(function, name);
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  worker.bgw_notify_pid = MyProcPid;
  std::memcpy(worker.bgw_extra, &assignment, sizeof(assignment));
  return call([&]() -> BackgroundWorkerHandle* {
    BackgroundWorkerHandle* handle = nullptr;
    MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
    const bool registered = RegisterDynamicBackgroundWorker(&worker, &handle);
    MemoryContextSwitchTo(before);
    return registered ? handle : nullptr;
  });
}

bool has_ended(BackgroundWorkerHandle* handle) {
  pid_t pid = 0;
  const bool ended = call([&] { return GetBackgroundWorkerPid(handle, &pid); }) == BGWH_STOPPED;
  if (ended) {
    pfree(handle);
  }
  return ended;
}

const Assignment& assignment() noexcept {
  static Assignment copy;
  std::memcpy(static_cast<void*>(&copy), MyBgworkerEntry->bgw_extra, sizeof(copy));
  return copy;
}

void become_process(Ends ends) {
  set_error_context(
      call([] { return AllocSetContextCreateInternal(TopMemoryContext, "rehydra errors", ALLOCSET_DEFAULT_SIZES); }));
  pqsignal(SIGTERM, ends == Ends::as_a_session ? die : SignalHandlerForShutdownRequest);
  pqsignal(SIGHUP, SignalHandlerForConfigReload);
  BackgroundWorkerUnblockSignals();
}

void connect(Oid database, Oid role) {
  call([&] {
    if (OidIsValid(database)) {
      BackgroundWorkerInitializeConnectionByOid(database, role, 0);
      if (OidIsValid(role)) {
        process_session_preload_libraries();  // as in any session of that role
      }
    } else {
      BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
    }
  });
}

bool wait(long milliseconds) {
  call([&] {
    const int until = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (milliseconds >= 0 ? WL_TIMEOUT : 0);
    (void)WaitLatch(MyLatch, until, milliseconds, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
    if (ConfigReloadPending != 0) {
      ConfigReloadPending = 0;
      ProcessConfigFile(PGC_SIGHUP);
    }
  });
  return ShutdownRequestPending == 0;
}

}  // namespace rehydra::pg
