// Job: an internal subtransaction: what was done inside can be taken back without ending the caller's transaction.
// Promise: memory context and resource owner of the caller are current again after commit() and rollback(). An object
// that is destroyed without either was left by an exception: its owner must have rolled back first, or the whole
// transaction is going to abort.
#pragma once

#include "pg/guard.h"

namespace rehydra::pg {

class Subtransaction {
 public:
  Subtransaction() : context_(CurrentMemoryContext), owner_(CurrentResourceOwner) {
    call([] { BeginInternalSubTransaction(nullptr); });
    MemoryContextSwitchTo(context_);
  }
  Subtransaction(const Subtransaction&) = delete;
  Subtransaction& operator=(const Subtransaction&) = delete;

  void commit() {
    call([] { ReleaseCurrentSubTransaction(); });
    restore();
  }
  void rollback() {
    call([] { RollbackAndReleaseCurrentSubTransaction(); });
    restore();
  }

 private:
  void restore() noexcept {
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner_;
  }
  MemoryContext context_;
  ResourceOwner owner_;
};

}  // namespace rehydra::pg
