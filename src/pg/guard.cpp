#include "pg/guard.h"

namespace rehydra::pg {

namespace {

MemoryContext kept_errors = nullptr;

// Copying an error needs memory, and may run out of it: then this stands for it.
ErrorData* out_of_memory_error() {
  static ErrorData error = [] {
    ErrorData data{};
    data.elevel = ERROR;
    data.sqlerrcode = ERRCODE_OUT_OF_MEMORY;
    data.message = const_cast<char*>("out of memory");
    return data;
  }();
  return &error;
}

ErrorData* take_error() {
  ErrorData* volatile taken = nullptr;
  PG_TRY();
  {
    MemoryContextSwitchTo(kept_errors);
    taken = CopyErrorData();
  }
  PG_CATCH();
  { taken = out_of_memory_error(); }
  PG_END_TRY();
  FlushErrorState();
  return taken;
}

}  // namespace

void ServerError::free() noexcept {
  if (data_ != out_of_memory_error()) {
    FreeErrorData(data_);
  }
  data_ = out_of_memory_error();
}

void set_error_context(MemoryContext context) noexcept {
  kept_errors = context;
}

MemoryContext error_context() noexcept {
  return kept_errors;
}

ErrorData* run_guarded(void (*function)(void*), void* argument) noexcept {
  MemoryContext before = CurrentMemoryContext;
  ErrorData* volatile error = nullptr;
  PG_TRY();
  { function(argument); }
  PG_CATCH();
  { error = take_error(); }
  PG_END_TRY();
  MemoryContextSwitchTo(before);
  return error;
}

}  // namespace rehydra::pg
