// Job: the two frames around every SQL function: the inner one catches all, the outer one owns nothing and reports.
// Callers: the functions of this layer. Promise: no exception reaches the server, no longjmp passes a live destructor.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "pg/errors.h"
#include "pg/progress.h"

namespace rehydra::entry {

// Arguments of the running function; server calls are guarded.
class Call {
 public:
  explicit Call(FunctionCallInfo info) noexcept : info_(info) {}

  bool is_null(int argument) const noexcept { return info_->args[argument].isnull; }
  std::optional<std::string> text(int argument) const;
  bool boolean(int argument, bool standard) const noexcept;
  std::optional<std::vector<std::string>> text_array(int argument) const;
  // A jsonb argument as text, "{}" for NULL.
  std::string json(int argument) const;
  std::optional<std::string> json_if_any(int argument) const;
  // The argument's output text, whatever its type is.
  std::optional<std::string> any_text(int argument) const;
  // A bytea's bytes, detoasted; they live as long as the function runs. Failure(bad_argument) naming what for NULL.
  std::string_view bytes(int argument, const char* what) const;
  FunctionCallInfo info() const noexcept { return info_; }

 private:
  FunctionCallInfo info_;
};

using Body = Datum (*)(const Call& call);

// Runs body; what it returns must live in the caller's memory context.
Datum run(FunctionCallInfo info, Body body);

// A call of several, of a set-returning function: lasting is where what goes on behind the call lives, progress what
// the whole operation shows of itself.
Datum run_call(FunctionCallInfo info, Body body, MemoryContext lasting, pg::Progress& progress);

// The memory context that the function's result must be made in.
MemoryContext result_context() noexcept;
Datum uuid_datum(const std::string& id);
// Makes the store of the rows that a set-returning function gives, before any Spi connection.
void begin_rows(const Call& call);

// Reads flags only: the server's, and that of rehydra_cancel.
Cancel cancel_flag();

// Refuses where nothing can be written: 25006 with a hint.
void require_writable();

}  // namespace rehydra::entry

#define REHYDRA_FUNCTION(name, body)            \
  extern "C" {                                  \
  PG_FUNCTION_INFO_V1(name);                    \
  REHYDRA_EXPORT Datum name(PG_FUNCTION_ARGS) { \
    return rehydra::entry::run(fcinfo, body);   \
  }                                             \
  }
