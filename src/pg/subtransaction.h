// Job: an internal subtransaction: what was done inside can be taken back without ending the caller's transaction.
// Callers: whoever lets the database refuse something and goes on. Promise: the only way to open one is to run a body
// in it, and however the body ends, the subtransaction has ended before anybody hears of it: kept, or rolled back
// outside of every handler. Memory context and resource owner are the caller's again.
#pragma once

#include <cstdint>
#include <exception>

#include "pg/guard.h"

namespace rehydra::pg {

enum class Ending : std::uint8_t { kept, rolled_back, refused };

namespace detail {

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

}  // namespace detail

// body: bool(), whether its work is to be kept. refuse: bool(const ServerError&), whether the caller deals with that
// error itself (it is freed then, so refuse copies what is to last). Everything else is thrown again.
template <class Body, class Refuse>
Ending in_subtransaction(Body&& body, Refuse&& refuse) {
  detail::Subtransaction subtransaction;
  std::exception_ptr thrown;
  try {
    if (body()) {
      subtransaction.commit();
      return Ending::kept;
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  subtransaction.rollback();
  if (thrown == nullptr) {
    return Ending::rolled_back;
  }
  try {
    std::rethrow_exception(thrown);
  } catch (ServerError& error) {
    if (!refuse(error)) {
      throw;
    }
    error.free();
  }
  return Ending::refused;
}

}  // namespace rehydra::pg
