// Job: one view of the data for many statements, also at read committed: read-only statements inside a scope see it.
// Promise: sees what the transaction has done up to now; released with the object, whichever way it dies.
#pragma once

#include "pg/guard.h"
#include "pg/home.h"
#include "pg/server_side.h"

namespace rehydra::pg {

class ReadSnapshot {
 public:
  // Belongs to the SQL function, from its first call to its last.
  ReadSnapshot()
      : owner_(home().owner),
        snapshot_(call([&] { return RegisterSnapshotOnOwner(GetTransactionSnapshot(), owner_); })) {}
  ~ReadSnapshot() {
    if (!server_side::is_gone()) {
      UnregisterSnapshotFromOwner(snapshot_, owner_);
    }
  }
  ReadSnapshot(const ReadSnapshot&) = delete;
  ReadSnapshot& operator=(const ReadSnapshot&) = delete;

  // Makes it the one that read-only statements see.
  class Scope {
   public:
    explicit Scope(const ReadSnapshot& snapshot) {
      call([&] { PushActiveSnapshot(snapshot.snapshot_); });
    }
    ~Scope() { PopActiveSnapshot(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

 private:
  ResourceOwner owner_;
  Snapshot snapshot_;
};

}  // namespace rehydra::pg
