#include "pg/exit.h"

#include <algorithm>
#include <vector>

#include "pg/guard.h"

extern "C" {
#include "storage/ipc.h"
}

namespace rehydra::pg {

namespace {

extern "C" void rehydra_at_exit(int, Datum function) {
  reinterpret_cast<void (*)() noexcept>(DatumGetPointer(function))();
}

}  // namespace

// The server has few places for such functions, and keeps them until the process ends.
void call_at_exit(void (*function)() noexcept) {
  static std::vector<void (*)() noexcept> arranged;
  if (std::find(arranged.begin(), arranged.end(), function) != arranged.end()) {
    return;
  }
  arranged.push_back(function);
  call([&] { on_proc_exit(rehydra_at_exit, PointerGetDatum(reinterpret_cast<void*>(function))); });
}

}  // namespace rehydra::pg
