// Job: see the header.
#include "importer/plan_operation.h"

#include "importer/check_plan.h"
#include "importer/guarded.h"
#include "importer/match.h"
#include "importer/plan.h"
#include "importer/resolve.h"
#include "importer/row_identity.h"
#include "pg/fault.h"
#include "pg/read_snapshot.h"

namespace rehydra::importer {

namespace {

void complete_staged_rows(Operation& operation, Source& source) {
  for (Work& work : operation.works) {
    work.staged->publish();
    source.complete(operation, work);
    check_keys(operation, work);
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

void plan_parents_first(Operation& operation, Source& source, bool tenant_of_session, Cancel cancel,
                        MemoryContext memory) {
  for (Work& work : operation.works) {
    follow_ids(operation, work);
    check_references(operation, work);
    plan_dataset(operation, work, memory);
    if (match_rows(operation, work)) {
      source.matched(operation, work);
      follow_ids(operation, work);  // what refers to its own rows
      plan_dataset(operation, work, memory);
    }
    require_operator(operation, work, tenant_of_session);
    cancel.poll();
  }
}

}  // namespace

bool plan_operation(Operation& operation, Source& source, const Planning& planning, Cancel cancel,
                    MemoryContext memory) {
  return in_subtransaction(operation, planning.raise_all, [&] {
           const pg::ReadSnapshot snapshot;
           const pg::ReadSnapshot::Scope snapshot_scope(snapshot);
           pg::SettingsScope settings;
           pg::pin_search_path(settings, operation.model->search_path);
           set_telling_output(settings);
           // Every row is going to be fetched: a plan that is quick with the first ones is slow with all.
           settings.set("cursor_tuple_fraction", "1");
           const registry::ActingScope acting(operation.role);
           complete_staged_rows(operation, source);
           plan_parents_first(operation, source, planning.tenant_of_session, cancel, memory);
           source.planned(operation);
           for (Work& work : operation.works) {
             check_plan(operation, work);
           }
           settings.end();
           pg::reach_fault_point("planned");
           return true;
         }) == Outcome::kept;
}

}  // namespace rehydra::importer
