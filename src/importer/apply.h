// Job: carry out the plan: lock and re-check what it changes, delete children first, update and insert parents first.
// Callers: the operation, inside the apply subtransaction, as the acting role, with a pinned search_path: only
// statements that fire triggers run with the caller's (change()), and those name every operator. Each names the tenant
// on its target. Promise: each statement changes exactly the rows that the plan lists, or Failure is thrown: conflict
// where rows moved meanwhile, suppressed where a trigger or rule kept the database from doing it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "importer/constraints.h"
#include "importer/work.h"

namespace rehydra::importer {

// Physical steps, for the comparison with the server's own counters.
struct Steps {
  std::uint64_t inserted = 0, updated = 0, deleted = 0;
};

// Runs an INSERT, UPDATE or DELETE with the caller's search_path; the number of rows it changed.
std::uint64_t change(const Operation& operation, Checks checks, const std::string& sql, const pg::Args& args);

// Statements of body whose checks are held are checked at its end.
void as_one_statement(const Operation& operation, const std::function<void()>& body);

// The same for an INSERT from the plan (and another store), whose foreign keys are checked once per distinct key.
std::uint64_t insert(const Operation& operation, const std::string& sql, const pg::Args& args,
                     const std::vector<const pg::Store*>& stores);

// "(a.action = 'X')" for statements that run with the caller's search_path.
std::string action_is(const std::string& alias, char action);

void lock_planned_rows(const Operation& operation, const Work& work);

// Deletes that have to wait until rows that are only updated have let go of them: numbers of plan rows, by data set.
using LateDeletes = std::map<int, std::unique_ptr<pg::Store>>;
LateDeletes find_late_deletes(Operation& operation);

// Rows forget rows that are deleted before they are written or deleted themselves.
void release_rows(Operation& operation, const Work& work, Steps& steps);

// Where the row that is deleted last cannot be without those that are deleted first.
void find_held_deletes(Operation& operation);
enum class Turn : bool { early, late };
void delete_rows(const Operation& operation, Work& work, const LateDeletes& late, Turn turn, Steps& steps);

// Triggers fire in the order of the statements: those of data sets that come behind held ones wait with them.
template <class Works>
void hold_triggers_behind(Works first, Works last, Checks Work::*checks) {
  bool held = false;
  for (Works work = first; work != last; ++work) {
    held = held || (*work).*checks == Checks::held;
    if (held && has_user_triggers(*work->dataset)) {
      (*work).*checks = Checks::held;
    }
  }
}

// A given column that may be NULL until it is written or its row is gone, whatever else the table demands.
bool may_do_without(const Work& work, int field);

// References of a data set to itself, or to one that comes later in the order: written when all rows are there. Where
// they cannot be empty meanwhile, they are written at once, and checked when all rows are there.
void find_late_references(Operation& operation);
void link_rows(const Operation& operation, Work& work, Steps& steps);
// Those that were written at once follow rows that got other keys since.
void relink_rows(Operation& operation, Work& work, Steps& steps);

void update_rows(const Operation& operation, Work& work, Steps& steps);

// Rows without a key get the column's default; rows whose key another tenant holds get a new one, and what refers to
// them follows.
void insert_rows(Operation& operation, Work& work, bool dry_run, Steps& steps);

}  // namespace rehydra::importer
