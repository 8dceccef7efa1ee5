// Job: one view of the data for many statements, also at read committed: read-only statements inside a scope see it.
// Promise: sees what the transaction has done up to now; released with the object, whichever way it dies.
#pragma once

#include "pg/guard.h"

namespace rehydra::pg {

class ReadSnapshot {
 public:
  // Belongs to the whole transaction, so that an object which lives from call to call may hold it.
  ReadSnapshot()
      : snapshot_(call([] { return RegisterSnapshotOnOwner(GetTransactionSnapshot(), TopTransactionResourceOwner); })) {
  }
  ~ReadSnapshot() { UnregisterSnapshotFromOwner(snapshot_, TopTransactionResourceOwner); }
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
  Snapshot snapshot_;
};

}  // namespace rehydra::pg
