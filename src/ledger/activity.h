// Job: one row an operation in rehydra.activity, in the operation's own transaction.
// Callers: exporter and importer, when an operation ends, whatever its outcome.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace rehydra::ledger {

// What is known of an operation; fields stay empty where nothing was learnt before it ended.
struct Activity {
  std::string operation_id;
  std::optional<std::string> model;
  std::optional<std::string> customer_id;
  std::string kind;  // export, preview, import, restore, snapshot
  std::optional<std::string> mode;
  std::optional<bool> dry_run;
  std::string outcome;  // the report's status; streaming, and then applied or stopped
  std::optional<std::string> sqlstate;
  std::optional<std::string> effective_role;
  std::string options = "{}";  // JSON
  std::optional<std::string> file_sha256;
  std::optional<std::int64_t> file_bytes;
  std::optional<std::string> datasets;  // JSON, rows before and after
  double duration_ms = 0;
  std::optional<std::string> detail;
  std::optional<std::int64_t> error_count;  // all, of which the ledger keeps the first ones
};

// A new random operation id.
std::string new_operation_id();

void record(const Activity& activity);
// How an operation ended whose row was written when it began: outcome, what is known of the file, data sets, duration
// and detail. The whole row where the first one is no more, because a savepoint was rolled back.
void record_end(const Activity& activity);

class Stopwatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace rehydra::ledger
