// Job: see the header.
#include "importer/plan_operation.h"

#include <algorithm>

#include "importer/adjust.h"
#include "importer/check_plan.h"
#include "importer/fixed_rows.h"
#include "importer/guarded.h"
#include "importer/id_map.h"
#include "importer/match.h"
#include "importer/own_rows.h"
#include "importer/plan.h"
#include "importer/presence.h"
#include "importer/resolve.h"
#include "importer/row_identity.h"
#include "importer/sql_rows.h"
#include "pg/fault.h"
#include "pg/indexed_plans.h"
#include "pg/progress.h"
#include "pg/read_snapshot.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

// The fields by which a row of the file may find its stored one.
std::vector<std::size_t> recognised_by(const Work& work) {
  std::vector<std::size_t> fields = work.key_fields();
  for (const std::vector<int>& match_key : work.matching.match_keys) {
    for (int column : match_key) {
      if (const int field = work.field_of(column); field >= 0) {
        fields.push_back(static_cast<std::size_t>(field));
      }
    }
  }
  return fields;
}

// A row whose key could not be read may be any of the stored ones: none of them is taken for absent.
void keep_what_may_be_unread(Operation& operation, Work& work) {
  if (!operation.policy.skip_errors || work.mode != Mode::replace) {
    return;
  }
  work.keeps_absent =
      pg::query_count("SELECT count(*) FROM " + work.staged->name() + " s WHERE " +
                      (work.dataset->keyless() ? std::string("s.bad") : unread(recognised_by(work)))) != 0;
  if (work.keeps_absent) {
    operation.errors->warn("keys of " + work.called() +
                           " could not be read: no row is deleted there, since it might be one of those");
  }
}

// What staging could not read is rejected as what later steps refuse is.
void note_unread_rows(const Operation& operation, Work& work) {
  if (operation.policy.skip_errors && operation.errors->any()) {
    pg::for_each_row("SELECT s.r FROM " + work.staged->name() + " s WHERE s.bad", {},
                     [&](const pg::TextRow& row) { work.reject(std::stoll(*row[0])); });
  }
}

// A cell may be refused before its row's key is read.
void name_unread_rows(const Operation& operation, const Work& work) {
  const std::vector<std::int64_t> rows = operation.errors->rows_without_key(work.dataset->name);
  if (rows.empty() || work.key_fields().empty()) {
    return;
  }
  pg::for_each_row(
      "SELECT s.r, " + work.key_text("s.c") + " FROM " + work.staged->name() + " s WHERE " + is_among("s.r", rows), {},
      [&](const pg::TextRow& row) {
        operation.errors->name_row(work.dataset->name, std::stoll(*row[0]), row[1].value_or(""));
      });
}

void complete_staged_rows(Operation& operation, Source& source, Picks& picks) {
  for (Work& work : operation.works) {
    work.staged->publish();
    source.complete(operation, work);
  }
  if (picks.any()) {
    pick_rows(operation, picks);
  }
  adjust_rows(operation);
  for (Work& work : operation.works) {
    name_unread_rows(operation, work);
    keep_what_may_be_unread(operation, work);
    note_unread_rows(operation, work);
    note_gone_rows(operation, work);
    check_keys(operation, work);
    note_gone_rows(operation, work);
  }
}

void require_operator(Operation& operation, const Work& work, bool tenant_of_session) {
  if (work.dataset->role == registry::Role::own && work.counts.inserted != 0 && tenant_of_session) {
    operation.errors->add({ErrorKind::denied,
                           "the customer's own row is not in the database, and only an operator may put it back",
                           {},
                           "Ask a member of rehydra_operator to import the file.",
                           {work.titles.front(), 0, 0, {}}});
  }
}

bool needs_another_pass(const Operation& operation, const Work& work) {
  return !work.marks.empty() || (operation.policy.skip_errors && work.rejected_rows() != 0);
}

void plan_one(Operation& operation, Work& work, Source& source, const Picks& picks, MemoryContext memory) {
  match_as_asked(operation, work);
  pick_matched_rows(operation, work, picks);
  if (work.id_map != nullptr) {
    record_id_changes(work);
    note_picked_rows(operation, work, picks);
  }
  follow_ids(operation, work);
  const bool open = may_find_partners(work);
  // An insert leaves rows alone that it finds, wherever they refer to: first those are found.
  const bool finds_first = open && work.mode == Mode::insert;
  if (!finds_first) {
    check_references(operation, work);
  }
  const std::optional<OnFixed> fixed = fixed_choice(operation, work);
  work.keeps_absent = work.keeps_absent || fixed;
  plan_dataset(operation, work, open ? Pass::partners_may_be_found : Pass::last, memory);
  const bool matched = match_rows(operation, work);
  if (matched) {
    source.matched(operation, work);
    note_picked_rows(operation, work, picks);
    follow_ids(operation, work);  // what refers to its own rows
  }
  if (finds_first) {
    check_references(operation, work);
  }
  if (matched || finds_first || (open && needs_another_pass(operation, work))) {
    plan_dataset(operation, work, Pass::last, memory);
  }
  if (fixed && keep_fixed(operation, work, *fixed)) {
    plan_dataset(operation, work, Pass::last, memory);
  }
}

std::uint64_t rejected_rows(const Operation& operation) {
  std::uint64_t rejected = 0;
  for (const Work& work : operation.works) {
    rejected += work.rejected_rows();
  }
  return rejected;
}

// What is left out of a data set changes which of its other rows can be: their references, and the values that stored
// rows then keep. True where more rows are left out than before.
bool leave_out_more(Operation& operation, Work& work, MemoryContext memory) {
  const auto changes = [&work] { return work.rows_left_out() + work.references_settled; };
  const std::size_t before = changes();
  check_references(operation, work);
  if (operation.policy.skip_errors) {
    check_rows(operation, work);
    note_gone_rows(operation, work);
  }
  if (changes() == before) {
    return false;
  }
  plan_dataset(operation, work, Pass::last, memory);
  return true;
}

// Rows that are left out leave others behind, in their own data set and in those that come before it: until none is, or
// more are rejected than the import may do without.
void settle_left_out(Operation& operation, Cancel cancel, MemoryContext memory) {
  for (bool grew = true; grew && rejected_rows(operation) <= operation.policy.reject_limit;) {
    grew = false;
    for (Work& work : operation.works) {
      grew = leave_out_more(operation, work, memory) || grew;
      cancel.poll();
    }
  }
}

// What breaks rules is found while rows are left out; and what rows keep of the stored values is known once all are
// planned.
bool may_leave_more_out(const Operation& operation) {
  const auto changes_others = [&](const Work& work) {
    return work.rows_left_out() != 0 || may_keep_stored(operation, work);
  };
  return operation.policy.skip_errors || (operation.policy.leaves_rows_out() &&
                                          std::any_of(operation.works.begin(), operation.works.end(), changes_others));
}

void plan_parents_first(Operation& operation, Source& source, const Picks& picks, bool tenant_of_session, Cancel cancel,
                        MemoryContext memory) {
  for (Work& work : operation.works) {
    pg::progress::dataset(work.dataset->name);
    plan_one(operation, work, source, picks, memory);
    if (operation.policy.leaves_rows_out()) {
      note_gone_rows(operation, work);
    }
    require_operator(operation, work, tenant_of_session);
    pg::progress::rows(work.counts.in_file);
    cancel.poll();
  }
  for (Work& work : operation.works) {
    if (follow_later_ids(operation, work)) {
      plan_dataset(operation, work, Pass::last, memory);
    }
  }
  if (may_leave_more_out(operation)) {
    settle_left_out(operation, cancel, memory);
  }
}

}  // namespace

bool plan_operation(Operation& operation, Source& source, Picks& picks, const pg::ReadSnapshot* view,
                    const Planning& planning, Cancel cancel, MemoryContext memory) {
  pg::progress::phase(pg::Phase::planning, operation.sum(&Counts::in_file));
  return in_subtransaction(operation, planning.raise_all, [&] {
           std::optional<pg::ReadSnapshot> now;
           if (view == nullptr) {
             view = &now.emplace();
           }
           const pg::ReadSnapshot::Scope snapshot_scope(*view);
           pg::SettingsScope settings;
           pg::pin_search_path(settings, operation.model->search_path);
           set_telling_output(settings);
           pg::read_whole_tenant(settings);
           const pg::IndexedPlans plans(!picks.any() && own_rows_are_few(operation, pg::Access::read_only));
           const registry::ActingScope acting(operation.role);
           complete_staged_rows(operation, source, picks);
           compare_rules(operation);
           plan_parents_first(operation, source, picks, planning.tenant_of_session, cancel, memory);
           source.planned(operation);
           for (Work& work : operation.works) {
             check_insertable(operation, work);
             if (!operation.policy.skip_errors) {
               check_rows(operation, work);
             }
             check_deletes(operation, work);
             list_changes(operation, work);
           }
           settings.end();
           pg::reach_fault_point("planned");
           return true;
         }) == Outcome::kept;
}

}  // namespace rehydra::importer
