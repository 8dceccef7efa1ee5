// Job: see the header.
#include "importer/apply_operation.h"

#include <algorithm>
#include <set>

#include "importer/call_after.h"
#include "importer/constraints.h"
#include "importer/own_rows.h"
#include "importer/row_identity.h"
#include "importer/sequences.h"
#include "ledger/snapshot.h"
#include "pg/fault.h"
#include "pg/indexed_plans.h"
#include "pg/progress.h"

namespace rehydra::importer {

namespace {

// Deferred checks would run after the proof, and outside of what can still be rolled back.
class ImmediateConstraints {
 public:
  explicit ImmediateConstraints(const Operation& operation) {
    for (const Work& work : operation.works) {
      for (const auto& [name, initially_deferred] : deferrable_constraints(*work.dataset)) {
        deferrable_.insert(name);
        if (initially_deferred) {
          deferred_.insert(name);
        }
      }
    }
    set(deferrable_, "IMMEDIATE");
  }

  void defer_again() const { set(deferred_, "DEFERRED"); }

 private:
  static void set(const std::set<std::string>& names, const char* when) {
    std::string list;
    for (const std::string& name : names) {
      list += (list.empty() ? "" : ", ") + name;
    }
    if (!list.empty()) {
      pg::execute("SET CONSTRAINTS " + list + " " + when);
    }
  }

  std::set<std::string> deferrable_, deferred_;
};

std::optional<std::string> keep_snapshot(const Operation& operation, const std::string& reason,
                                         const std::string& operation_id, Cancel cancel) {
  const std::uint64_t before = operation.sum(&Counts::before);
  if (before == 0 && operation.selection.empty()) {
    return std::nullopt;
  }
  ledger::SnapshotScope scope;
  for (const Work& work : operation.works) {
    scope.datasets.push_back(work.index);
  }
  scope.selection = operation.selection;
  scope.picked = operation.selected;
  pg::progress::phase(pg::Phase::snapshot, before);
  return ledger::take_snapshot(*operation.model, scope, operation.tenant, operation.role, reason, operation_id, cancel)
      .id;
}

// A part may have got rows that its selection did not find before; a restore takes them away again.
void note_new_rows(Operation& operation, const std::string& snapshot_id) {
  pg::SettingsScope settings;
  pg::pin_search_path(settings, operation.model->search_path);
  for (const int index : operation.named) {
    const Work* work = operation.work_of(index);
    if (work == nullptr || work->counts.inserted == 0 || work->key_fields().empty()) {
      continue;
    }
    std::string key;
    for (std::size_t field : work->key_fields()) {
      key += (key.empty() ? "" : ", ") + pg::quote_literal(work->column(field).name) + ", p.n" + at(field) +
             "::pg_catalog.text";
    }
    std::string rows;
    {
      const registry::ActingScope acting(operation.role);  // a key's cast to text may be the application's code
      rows = *pg::query_value(
          "SELECT pg_catalog.jsonb_build_object($1::pg_catalog.text, "
          "pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(" +
              key + "))) FROM " + work->plan->name() + " p WHERE p.action = 'I'",
          pg::Args().text(work->dataset->name));
    }
    ledger::extend_selection(snapshot_id, rows);
  }
  settings.end();
}

// The server's statistics may not know the tenant's rows yet (they came with the last import): it would then compare
// each of them with each planned row. Few planned rows, and those of a part, are better looked up by index, also where
// only a parent leads to the tenant.
template <class Body>
void with_fit_joins(const Work& work, Body body) {
  constexpr std::uint64_t few = 100;
  pg::SettingsScope settings;
  if (work.counts.updated + work.counts.deleted > few && !work.is_partial()) {
    settings.set("enable_nestloop", "off");
  }
  body();
  settings.end();
}

void together_where_held(const Operation& operation, Checks Work::*checks, const std::function<void()>& body) {
  const auto held = [&](const Work& work) { return work.*checks == Checks::held; };
  std::any_of(operation.works.begin(), operation.works.end(), held) ? as_one_statement(operation, body) : body();
}

void delete_in_turn(Operation& operation, const LateDeletes& late, Turn turn, Counters& steps) {
  for (auto work = operation.works.rbegin(); work != operation.works.rend(); ++work) {
    pg::progress::step(pg::Phase::deleting, work->dataset->name);
    with_fit_joins(*work, [&] { delete_rows(operation, *work, late, turn, steps[counter_name(*work->dataset)]); });
  }
}

void delete_all(Operation& operation, const LateDeletes& late, Turn turn, Counters& steps) {
  together_where_held(operation, &Work::delete_checks, [&] { delete_in_turn(operation, late, turn, steps); });
}

void write_in_turn(Operation& operation, bool dry_run, Counters& steps, Cancel cancel) {
  for (Work& work : operation.works) {
    pg::progress::step(pg::Phase::updating, work.dataset->name);
    with_fit_joins(work, [&] { update_rows(operation, work, steps[counter_name(*work.dataset)]); });
    pg::progress::step(pg::Phase::inserting, work.dataset->name);
    insert_rows(operation, work, dry_run, steps[counter_name(*work.dataset)]);
    cancel.poll();
  }
  for (Work& work : operation.works) {
    link_rows(operation, work, steps[counter_name(*work.dataset)]);
    relink_rows(operation, work, steps[counter_name(*work.dataset)]);
  }
}

void write_all(Operation& operation, bool dry_run, Counters& steps, Cancel cancel) {
  together_where_held(operation, &Work::write_checks, [&] { write_in_turn(operation, dry_run, steps, cancel); });
}

void change_rows(Operation& operation, bool dry_run, Counters& steps, Cancel cancel) {
  pg::progress::phase(pg::Phase::locking, operation.sum(&Counts::deleted) + operation.sum(&Counts::updated) +
                                              operation.sum(&Counts::inserted));
  for (const Work& work : operation.works) {
    pg::progress::step(pg::Phase::locking, work.dataset->name);
    with_fit_joins(work, [&] { lock_planned_rows(operation, work); });
  }
  pg::reach_fault_point("locked");
  find_late_references(operation);
  find_held_deletes(operation);
  const LateDeletes late = find_late_deletes(operation);
  for (const Work& work : operation.works) {
    with_fit_joins(work, [&] { release_rows(operation, work, steps[counter_name(*work.dataset)]); });
  }
  delete_all(operation, late, Turn::early, steps);
  pg::reach_fault_point("deleted");
  write_all(operation, dry_run, steps, cancel);
  pg::reach_fault_point("inserted");
  delete_all(operation, late, Turn::late, steps);
}

void prove_all(Operation& operation, const Counters& beyond, std::vector<SideEffect>& side_effects) {
  const bool keys_changed = std::any_of(operation.works.begin(), operation.works.end(),
                                        [](const Work& work) { return work.id_map != nullptr; });
  pg::progress::phase(pg::Phase::proving, operation.sum(&Counts::before));
  for (Work& work : operation.works) {
    pg::progress::dataset(work.dataset->name);
    const auto found = beyond.find(counter_name(*work.dataset));
    prove_rows(operation, work, found == beyond.end() ? Steps{} : found->second, side_effects);
    if (keys_changed && work.plan->rows() != 0) {
      prove_references(operation, work);
    }
    pg::progress::rows(work.counts.before);
  }
  for (const auto& [table, delta] : beyond) {
    side_effects.push_back({table, {}, delta.inserted, delta.updated, delta.deleted});
  }
}

// Policy "triggers".
void refuse_side_effects(const std::vector<SideEffect>& side_effects) {
  std::string tables;
  for (const SideEffect& effect : side_effects) {
    const std::string where = effect.table + (effect.column.empty() ? "" : "." + effect.column);
    tables += (tables.empty() ? "" : ", ") + where;
  }
  Error error{ErrorKind::check_violation,
              "triggers changed more than the file says, and policy \"triggers\" is \"refuse\": " + tables +
                  "; nothing was kept",
              {},
              "Look at side_effects, and import with policy \"triggers\": \"report\" if they are meant.",
              {}};
  error.sqlstate = "27000";
  throw Failure(std::move(error));
}

// Reads mean PostgreSQL's own names; the statements that fire triggers run with the caller's search_path (change()).
void carry_out_and_prove(Operation& operation, bool dry_run, Report& report, Cancel cancel) {
  pg::SettingsScope settings;
  settings.set("track_counts", "on");
  const auto keyless = [](const Work& work) { return work.dataset->keyless(); };
  if (std::any_of(operation.works.begin(), operation.works.end(), keyless)) {
    set_telling_output(settings);
  }
  pg::pin_search_path(settings, operation.model->search_path);
  const Counters before = read_counters();
  Counters steps;
  {
    const registry::ActingScope acting(operation.role);
    change_rows(operation, dry_run, steps, cancel);
  }
  const Counters beyond = beyond_plan(before, read_counters(), steps);
  {
    const pg::IndexedPlans plans(!operation.selected && own_rows_are_few(operation, pg::Access::read_write));
    const registry::ActingScope acting(operation.role);
    prove_all(operation, beyond, report.side_effects);
  }
  if (operation.policy.refuse_triggers && !report.side_effects.empty()) {
    refuse_side_effects(report.side_effects);
  }
  call_after(operation, report.operation_id, report.side_effects);
  settings.end();
  pg::reach_fault_point("proved");
}

}  // namespace

Outcome apply_operation(Operation& operation, bool dry_run, const std::string& reason, Report& report, Cancel cancel) {
  report.side_effects.clear();
  report.snapshot_id.reset();
  std::optional<std::string> snapshot;
  const Outcome outcome = in_subtransaction(operation, false, [&] {
    const ImmediateConstraints constraints(operation);
    if (!dry_run) {
      snapshot = keep_snapshot(operation, reason, report.operation_id, cancel);
    }
    pg::reach_fault_point("kept_snapshot");
    carry_out_and_prove(operation, dry_run, report, cancel);
    if (!dry_run) {
      raise_sequences(operation);
    }
    if (snapshot) {
      note_new_rows(operation, *snapshot);
    }
    constraints.defer_again();
    return !dry_run && (operation.changes() || !report.side_effects.empty());
  });
  if (outcome == Outcome::kept) {
    report.snapshot_id = snapshot;  // only now is it sure to stay
  }
  return outcome;
}

}  // namespace rehydra::importer
