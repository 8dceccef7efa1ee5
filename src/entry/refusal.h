// Job: what an operation without a report leaves behind when it is refused: a line in the server's log that says who
// wanted what for whom, and why not.
// Callers: the entries of export, preview and snapshot. The error itself goes on to the caller as it is.
#pragma once

#include <exception>
#include <optional>
#include <string>

namespace rehydra::entry {

// "export" refused for this customer; error is what body threw. Logs, and throws it again.
[[noreturn]] void log_refusal(const char* operation, const std::optional<std::string>& customer_id,
                              const std::exception_ptr& error);

template <class Body>
auto logging_refusals(const char* operation, const std::optional<std::string>& customer_id, Body&& body) {
  std::exception_ptr error;
  try {
    return body();
  } catch (...) {
    // The log is the server's, and inside of a handler the server is not called.
    error = std::current_exception();
  }
  log_refusal(operation, customer_id, error);
}

}  // namespace rehydra::entry
