// Job: be the owner of the bookkeeping tables for a scope, with a pinned search_path, so that no caller needs
// privileges on them. Promise: only statements of the extension run inside; rows cross between here and tenant data in
// C++ alone.
#pragma once

#include "pg/role.h"
#include "pg/settings.h"

namespace rehydra::registry {

// The owner of rehydra.models, and so of the extension's tables. Failure(internal) where the extension is not installed
// here.
Oid bookkeeping_owner();

class Bookkeeper {
 public:
  Bookkeeper();
  ~Bookkeeper();
  Bookkeeper(const Bookkeeper&) = delete;
  Bookkeeper& operator=(const Bookkeeper&) = delete;

 private:
  pg::RoleScope role_;
  int settings_level_;
};

}  // namespace rehydra::registry
