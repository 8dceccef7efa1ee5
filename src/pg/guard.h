// Job: the one way from C++ into the server: a server error inside becomes the C++ exception ServerError.
// Callers: everything in src/pg and above that calls a server function which may raise.
// Promise: exception stack, error context and memory context are as before; the whole ErrorData is kept.
// Inside the body only server calls and trivially destructible locals: a longjmp runs no destructor.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "pg/pg.h"

namespace rehydra::pg {

class ServerError : public std::exception {
 public:
  explicit ServerError(ErrorData* data) noexcept : data_(data) {}
  // Lives in the memory context of the SQL function that is running, or until free().
  ErrorData* data() const noexcept { return data_; }
  // For errors that are swallowed: there may be one a cell. Nothing of it may be read afterwards.
  void free() noexcept;
  int sqlstate() const noexcept { return data_->sqlerrcode; }
  const char* what() const noexcept override { return data_->message != nullptr ? data_->message : "server error"; }

 private:
  ErrorData* data_;
};

// Where errors are kept until the SQL function ends; set by the entry layer.
void set_error_context(MemoryContext context) noexcept;
MemoryContext error_context() noexcept;

// Runs function(argument) under the guard; the error, or nullptr.
ErrorData* run_guarded(void (*function)(void*), void* argument) noexcept;

namespace detail {

struct NoResult {};

template <class Body, class Result>
struct Frame {
  Body* body;
  Result result;
  std::exception_ptr thrown;

  static void run(void* frame) noexcept {
    auto* self = static_cast<Frame*>(frame);
    try {
      if constexpr (std::is_same_v<Result, NoResult>) {
        (*self->body)();
      } else {
        self->result = (*self->body)();
      }
    } catch (...) {
      self->thrown = std::current_exception();
    }
  }
};

}  // namespace detail

template <class Body>
auto call(Body&& body) {
  using Returned = std::invoke_result_t<Body&>;
  using Result = std::conditional_t<std::is_void_v<Returned>, detail::NoResult, Returned>;
  static_assert(std::is_trivially_destructible_v<Result>, "a guarded body returns plain data");
  detail::Frame<std::remove_reference_t<Body>, Result> frame{&body, {}, {}};
  ErrorData* error = run_guarded(&decltype(frame)::run, &frame);
  if (error != nullptr) {
    throw ServerError(error);
  }
  if (frame.thrown) {
    std::rethrow_exception(frame.thrown);
  }
  if constexpr (!std::is_void_v<Returned>) {
    return frame.result;
  }
}

}  // namespace rehydra::pg
