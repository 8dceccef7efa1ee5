// Job: the background processes by name: one launcher a cluster, a dispatcher for each database that has something to
// do, a worker a job. What they tell each other stands on pg/job_board.h. Callers: entry/module.cpp; the processes
// start each other.
#pragma once

#include "pg/background.h"
#include "pg/errors.h"

namespace rehydra::entry {

constexpr const char* launcher_function = "rehydra_launcher_main";
constexpr const char* launcher_name = "rehydra launcher";
constexpr const char* dispatcher_function = "rehydra_dispatcher_main";
constexpr const char* dispatcher_name = "rehydra dispatcher";
constexpr const char* worker_function = "rehydra_job_main";
constexpr const char* worker_name = "rehydra job";

// While the library is being preloaded.
void prepare_jobs();

// The frame around a process's body: what it throws is the server's error when nothing of it is alive any more, and
// ends the process.
inline void run_process(void (*body)()) {
  pg::PendingError pending;
  [&]() noexcept {
    try {
      body();
    } catch (...) {
      pg::capture_current_exception(pending);
    }
  }();
  if (pending.set) {
    pg::raise(pending);
  }
}

}  // namespace rehydra::entry

#define REHYDRA_PROCESS(name, body)    \
  extern "C" {                         \
  REHYDRA_EXPORT void name(Datum);     \
  void name(Datum) {                   \
    rehydra::entry::run_process(body); \
  }                                    \
  }
