// Job: the queue: jobs that were submitted, what became of them, and the files that go in and come out.
// Callers: entry/jobs. Inside of a Spi connection.
// Promise: written as the bookkeeping's owner, by these statements alone. A job that has ended has its row of the
// activity log in the same transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/pg.h"

namespace rehydra::ledger {

struct Job {
  std::string operation_id, model, customer_id;
  std::string action;     // export, import
  std::string arguments;  // JSON, for the one that runs it
  std::string settings;   // JSON, of the session
  Oid session_role = InvalidOid;
  Oid role = InvalidOid;
};

// file: a bytea, for imports.
void enqueue(const Job& job, std::optional<Datum> file);

// queued -> running, for this process; none where it was cancelled meanwhile.
std::optional<Job> begin_job(const std::string& operation_id);
// What was submitted with it; a copy, in the current memory context.
Datum job_file(const std::string& operation_id);

// running -> done, in the operation's own transaction. report: of an import; file_bytes: of the chunks of an export.
void end_job(const std::string& operation_id, const std::string& outcome, const std::optional<std::string>& report,
             std::int64_t file_bytes);
void add_chunk(const std::string& operation_id, int number, std::string_view bytes);

struct BadEnd {
  std::string status;  // failed, cancelled, interrupted
  std::optional<std::string> sqlstate;
  std::string message, detail, hint;
};
enum class From : bool { queued, any };
// False where it has ended before, or has begun and must be queued.
bool end_badly(const std::string& operation_id, const BadEnd& end, From from = From::any);

// --- For the dispatcher ----------------------------------------------------------------------------------------------
// Jobs that say they run, and are not among live; and those of a database that this one was copied from.
std::vector<std::string> lost_jobs(const std::vector<std::string>& live);
struct NextJob {
  std::string operation_id;
  Oid session_role = InvalidOid;
  std::optional<std::string> obstacle;  // why no session of that role could begin now
};
// The first in the queue that may run beside these.
std::optional<NextJob> next_job(const std::vector<std::string>& live);
bool is_queued(const std::string& operation_id);

// --- For those who ask -----------------------------------------------------------------------------------------------
struct FoundJob {
  std::string model, customer_id, action, status;
  Oid role = InvalidOid;
  std::int64_t bytes = 0;
};
std::optional<FoundJob> find_job(const std::string& operation_id);
// The chunks of its file, in order; one of them is in memory at a time.
void for_each_chunk(const std::string& operation_id, const std::function<void(std::int64_t number, Datum data)>& body);
// Jobs that have ended longer ago than this interval, of this customer in these models, and of roles that the current
// one is a member of; no customer: all. Their number.
std::int64_t forget_jobs(const std::string& older_than, const std::optional<std::string>& customer_id,
                         const std::vector<std::string>& models);

}  // namespace rehydra::ledger
