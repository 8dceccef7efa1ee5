// Job: see the header.
#include "importer/apply_operation.h"

#include "importer/constraints.h"
#include "importer/sequences.h"
#include "ledger/snapshot.h"
#include "pg/fault.h"

namespace rehydra::importer {

namespace {

enum class Constraints : bool { immediate, deferred_again };

// Deferred checks would run after the proof, and outside of what can still be rolled back.
void set_constraints(const Operation& operation, Constraints when) {
  std::string names;
  for (const Work& work : operation.works) {
    for (const auto& [name, initially_deferred] : deferrable_constraints(*work.dataset)) {
      if ((when == Constraints::immediate || initially_deferred) && names.find(name) == std::string::npos) {
        names += (names.empty() ? "" : ", ") + name;
      }
    }
  }
  if (!names.empty()) {
    pg::execute("SET CONSTRAINTS " + names + (when == Constraints::immediate ? " IMMEDIATE" : " DEFERRED"));
  }
}

std::optional<std::string> keep_snapshot(const Operation& operation, const std::string& reason,
                                         const std::string& operation_id, Cancel cancel) {
  std::uint64_t before = 0;
  std::vector<int> scope;
  for (const Work& work : operation.works) {
    before += work.counts.before;
    scope.push_back(work.index);
  }
  if (before == 0) {
    return std::nullopt;
  }
  return ledger::take_snapshot(*operation.model, scope, operation.tenant, operation.role, reason, operation_id, cancel)
      .id;
}

using StepsByTable = std::map<std::string, Steps>;

// The server's statistics may not know the tenant's rows yet (they came with the last import): it would then compare
// each of them with each planned row. Few planned rows are better looked up by index, also where only a parent leads to
// the tenant.
template <class Body>
void with_fit_joins(const Work& work, Body body) {
  constexpr std::uint64_t few = 100;
  pg::SettingsScope settings;
  if (work.counts.updated + work.counts.deleted > few) {
    settings.set("enable_nestloop", "off");
  }
  body();
  settings.end();
}

void delete_all(Operation& operation, Turn turn, StepsByTable& steps) {
  for (auto work = operation.works.rbegin(); work != operation.works.rend(); ++work) {
    with_fit_joins(*work, [&] { delete_rows(operation, *work, turn, steps[counter_name(*work->dataset)]); });
  }
}

void change_rows(Operation& operation, StepsByTable& steps, Cancel cancel) {
  for (const Work& work : operation.works) {
    with_fit_joins(work, [&] { lock_planned_rows(operation, work); });
  }
  pg::reach_fault_point("locked");
  delete_all(operation, Turn::early, steps);
  pg::reach_fault_point("deleted");
  for (Work& work : operation.works) {
    with_fit_joins(work, [&] { update_rows(operation, work, steps[counter_name(*work.dataset)]); });
    insert_rows(operation, work, steps[counter_name(*work.dataset)]);
    cancel.poll();
  }
  pg::reach_fault_point("inserted");
  delete_all(operation, Turn::late, steps);
}

void carry_out_and_prove(Operation& operation, std::vector<SideEffect>& side_effects, Cancel cancel) {
  pg::SettingsScope settings;
  settings.set("track_counts", "on");
  const Counters before = read_counters();
  StepsByTable steps;
  {
    const registry::ActingScope acting(operation.role);
    change_rows(operation, steps, cancel);
    for (Work& work : operation.works) {
      prove_rows(operation, work, side_effects);
    }
  }
  prove_counters(before, read_counters(), steps, side_effects);
  settings.end();
  pg::reach_fault_point("proved");
}

}  // namespace

Outcome apply_operation(Operation& operation, bool dry_run, const std::string& reason, Report& report, Cancel cancel) {
  report.side_effects.clear();
  report.snapshot_id.reset();
  const Outcome outcome = in_subtransaction(operation, false, [&] {
    set_constraints(operation, Constraints::immediate);
    if (!dry_run) {
      report.snapshot_id = keep_snapshot(operation, reason, report.operation_id, cancel);
    }
    pg::reach_fault_point("kept_snapshot");
    carry_out_and_prove(operation, report.side_effects, cancel);
    if (!dry_run) {
      for (const Work& work : operation.works) {
        raise_sequences(work);
      }
    }
    set_constraints(operation, Constraints::deferred_again);
    return !dry_run;
  });
  if (outcome != Outcome::kept) {
    report.snapshot_id.reset();
  }
  return outcome;
}

}  // namespace rehydra::importer
