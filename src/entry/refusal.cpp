#include "entry/refusal.h"

#include "core/error.h"
#include "pg/errors.h"
#include "pg/server_log.h"
#include "pg/settings.h"

namespace rehydra::entry {

namespace {

struct Reason {
  int sqlstate = 0;
  std::string text;
};

Reason reason_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const pg::ServerError& server) {
    return {server.sqlstate(), server.what()};
  } catch (const Failure& failure) {
    return {pg::sqlstate_of(failure.error().kind), failure.what()};
  } catch (const std::exception& other) {
    return {ERRCODE_INTERNAL_ERROR, other.what()};
  }
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::string session_or_odd() {
  try {
    return pg::session_tenant();
  } catch (const Failure&) {
    return "?";
  }
}

}  // namespace

void log_refusal(const char* operation, const std::optional<std::string>& customer_id,
                 const std::exception_ptr& error) {
  const Reason reason = reason_of(error);
  // A cancel or an exhausted server is no refusal, and no time for more work.
  if (!pg::must_be_raised(reason.sqlstate)) {
    const std::string role = pg::call([] { return GetUserNameFromId(GetSessionUserId(), false); });
    const std::string session = session_or_odd();
    pg::log_line(std::string("rehydra: ") + operation + " refused: session role " + quoted(role) + ", customer " +
                 (customer_id       ? quoted(*customer_id)
                  : session.empty() ? "not named"
                                    : quoted(session)) +
                 ", SQLSTATE " + pg::sqlstate_text(reason.sqlstate) + ": " + reason.text);
  }
  std::rethrow_exception(error);
}

}  // namespace rehydra::entry
