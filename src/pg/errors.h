// Job: the one table from our error kinds to SQLSTATEs, and the way an error leaves a SQL function.
// Promise: raise() is called where no C++ object is alive; what it needs was copied into PendingError, which is plain
// data.
#pragma once

#include <string>

#include "core/error.h"
#include "pg/guard.h"

namespace rehydra::pg {

int sqlstate_of(ErrorKind kind) noexcept;
// "42501"
std::string sqlstate_text(int sqlstate);

// "sheet "Products", row 17, column "Revenue"", empty where nothing is known.
std::string describe(const Location& where);

struct PendingError {
  ErrorData* server = nullptr;  // a server's error, rethrown with everything it carries
  bool set = false;
  int sqlstate = 0;
  char message[1024] = {};
  char detail[2048] = {};
  char hint[1024] = {};
  char where[512] = {};
};

// Fills pending from the exception being handled; makes no server call.
void capture_current_exception(PendingError& pending) noexcept;
[[noreturn]] void raise(const PendingError& pending);

// True for what is always raised, never returned as a status: classes 40, 53, 57, 58, XX and 55P03.
bool must_be_raised(int sqlstate) noexcept;

}  // namespace rehydra::pg
