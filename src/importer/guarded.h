// Job: run a step in an internal subtransaction, and turn what the database refuses into an error of the report where
// that is allowed. Callers: planning and applying. Promise: after anything but success the subtransaction is rolled
// back; what must be raised is thrown again.
#pragma once

#include <exception>
#include <optional>

#include "importer/work.h"
#include "pg/errors.h"
#include "pg/subtransaction.h"

namespace rehydra::importer {

// A server's error as an entry of the report; which sheet it is about is what the server says of the table.
RowError refused_by_server(const pg::ServerError& error, const std::vector<Work>& works);

enum class Outcome : std::uint8_t { kept, rolled_back, refused };

// body: whether its work is to be kept. Where the server refuses, the error is added to the operation's and the result
// is refused. raise_all: no error of the server becomes one of the report (previews have none).
template <class Body>
Outcome in_subtransaction(Operation& operation, bool raise_all, Body body) {
  pg::Subtransaction subtransaction;
  std::exception_ptr thrown;
  std::optional<RowError> refused;
  bool keep = false;
  try {
    keep = body();
  } catch (const pg::ServerError& error) {
    if (raise_all || pg::must_be_raised(error.sqlstate())) {
      thrown = std::current_exception();
    } else {
      refused = refused_by_server(error, operation.works);
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  if (keep && thrown == nullptr && !refused) {
    subtransaction.commit();
    return Outcome::kept;
  }
  subtransaction.rollback();
  if (thrown != nullptr) {
    std::rethrow_exception(thrown);
  }
  if (!refused) {
    return Outcome::rolled_back;
  }
  operation.errors->add_row(std::move(*refused));
  return Outcome::refused;
}

}  // namespace rehydra::importer
