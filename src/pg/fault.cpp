#include "pg/fault.h"

#include <csignal>
#include <cstring>
#include <string_view>

#include "pg/guard.h"
#include "pg/settings.h"

extern "C" {
#include "storage/latch.h"
}

namespace rehydra::pg {

namespace {

void wait_for_interrupt() {
  call([] {
    for (;;) {
      (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH, -1, PG_WAIT_EXTENSION);
      ResetLatch(MyLatch);
      CHECK_FOR_INTERRUPTS();
    }
  });
}

}  // namespace

void reach_fault_point(const char* name) {
  const std::string_view armed = armed_fault_point();
  if (armed.empty() || !armed.starts_with(name)) {
    return;
  }
  const std::string_view effect = armed.substr(std::strlen(name));
  if (effect == ":crash") {
    std::raise(SIGKILL);
  } else if (effect == ":wait") {
    wait_for_interrupt();
  } else if (effect.empty()) {
    call([&] { ereport(ERROR, (errcode(ERRCODE_RAISE_EXCEPTION), errmsg("fault point \"%s\" was reached", name))); });
  }
}

}  // namespace rehydra::pg
