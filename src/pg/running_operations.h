// Job: the operations that run in this database at the moment, and the asking for the end of one.
// Callers: entry/progress.cpp, which decides who may see and who may ask.
// Promise: what is found behind a lock is believed only as far as it describes itself as its holder's; the rest is
// passed over. A cancel reaches the operation that was found or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pg/progress.h"

namespace rehydra::pg {

struct RunningOperation {
  std::uint32_t handle = 0;
  int pid = 0;
  pg_uuid_t operation_id{};
  std::string kind, model, customer_id;
  const char* phase = "";
  std::string dataset;  // empty for none
  std::optional<std::int64_t> rows_done, rows_total, bytes_done, bytes_total;
  TimestampTz started_at = 0;
  TimestampTz since = 0;  // when the rows began to be counted
};

std::vector<RunningOperation> running_operations();

// False where it has ended meanwhile.
bool ask_to_cancel(const RunningOperation& operation, const std::string& asked_by);

}  // namespace rehydra::pg
