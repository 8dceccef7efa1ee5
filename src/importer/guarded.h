// Job: run a step in an internal subtransaction, and turn what the database refuses into an error of the report where
// that is allowed. Callers: planning and applying. Promise: after anything but success the subtransaction is rolled
// back; what must be raised is thrown again.
#pragma once

#include "importer/work.h"
#include "pg/errors.h"
#include "pg/subtransaction.h"

namespace rehydra::importer {

// A server's error as an entry of the report; which sheet it is about is what the server says of the table.
RowError refused_by_server(const pg::ServerError& error, const std::vector<Work>& works);

using Outcome = pg::Ending;

// body: whether its work is to be kept. Where the server refuses, the error is added to the operation's and the result
// is refused. raise_all: no error of the server becomes one of the report (previews have none).
template <class Body>
Outcome in_subtransaction(Operation& operation, bool raise_all, Body body) {
  return pg::in_subtransaction(body, [&](const pg::ServerError& error) {
    const bool refused = !raise_all && !pg::must_be_raised(error.sqlstate());
    if (refused) {
      operation.errors->add_row(refused_by_server(error, operation.works));
    }
    return refused;
  });
}

}  // namespace rehydra::importer
