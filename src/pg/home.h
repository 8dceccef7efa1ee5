// Job: the memory context and resource owner of the running SQL function's own transaction level, for what must survive
// an internal subtransaction (stores, temporary files), whichever level it is made in.
#pragma once

#include "pg/pg.h"

namespace rehydra::pg {

struct Home {
  MemoryContext context = nullptr;
  ResourceOwner owner = nullptr;
};

// The current function's; set by the entry layer, which saves and restores the one before.
Home home() noexcept;
void set_home(Home home) noexcept;

// The home's resource owner is current for a scope.
class HomeScope {
 public:
  HomeScope() noexcept : before_(CurrentResourceOwner) { CurrentResourceOwner = home().owner; }
  ~HomeScope() { CurrentResourceOwner = before_; }
  HomeScope(const HomeScope&) = delete;
  HomeScope& operator=(const HomeScope&) = delete;

 private:
  ResourceOwner before_;
};

}  // namespace rehydra::pg
