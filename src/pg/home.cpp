#include "pg/home.h"

namespace rehydra::pg {

namespace {
Home current;
}

Home home() noexcept {
  return current;
}

void set_home(Home home) noexcept {
  current = home;
}

}  // namespace rehydra::pg
