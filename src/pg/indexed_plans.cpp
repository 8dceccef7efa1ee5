#include "pg/indexed_plans.h"

extern "C" {
#include "nodes/pathnodes.h"
#include "optimizer/cost.h"
}

namespace rehydra::pg {

namespace {

bool wanted_now = false;
get_relation_info_hook_type next_hook = nullptr;

// An index without order is of use for its conditions alone. It is called hypothetical too, since the planner looks
// into real ones for a column's ends, by their order.
void forget_order(PlannerInfo* planner, Oid relation, bool inherited, RelOptInfo* info) {
  if (next_hook != nullptr) {
    next_hook(planner, relation, inherited, info);
  }
  ListCell* cell = nullptr;
  foreach (cell, info->indexlist) {
    auto* index = lfirst_node(IndexOptInfo, cell);
    if (index->sortopfamily != nullptr) {
      index->sortopfamily = nullptr;
      index->hypothetical = true;
    }
  }
}

}  // namespace

IndexedPlans::IndexedPlans(bool wanted) noexcept : before_(wanted_now) {
  wanted_now = wanted;
}

IndexedPlans::~IndexedPlans() {
  wanted_now = before_;
}

PlanningScope::PlanningScope() noexcept : scans_(enable_seqscan), hook_(get_relation_info_hook) {
  if (wanted_now && hook_ != forget_order) {
    next_hook = hook_;
    get_relation_info_hook = forget_order;
    enable_seqscan = false;
  }
}

PlanningScope::~PlanningScope() {
  get_relation_info_hook = hook_;
  enable_seqscan = scans_;
}

}  // namespace rehydra::pg
