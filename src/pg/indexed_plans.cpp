#include "pg/indexed_plans.h"

#include "pg/pg.h"

extern "C" {
#include "access/stratnum.h"
#include "nodes/pathnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "utils/lsyscache.h"
}

namespace rehydra::pg {

namespace {

bool wanted_now = false;
bool planning = false;
get_relation_info_hook_type next_hook = nullptr;

// The first column of an index, and what the statement has to say of it.
struct Wanted {
  const IndexOptInfo* index;
  int relation;
};

bool is_the_column(const Node* node, const Wanted& wanted) {
  while (node != nullptr && IsA(node, RelabelType)) {
    node = reinterpret_cast<const Node*>(reinterpret_cast<const RelabelType*>(node)->arg);
  }
  if (node == nullptr || !IsA(node, Var)) {
    return false;
  }
  const auto* column = reinterpret_cast<const Var*>(node);
  return static_cast<int>(column->varno) == wanted.relation && column->varlevelsup == 0 &&
         column->varattno == wanted.index->indexkeys[0];
}

bool is_one_value(OpExpr* condition, const Wanted& wanted) {
  if (list_length(condition->args) != 2 ||
      get_op_opfamily_strategy(condition->opno, wanted.index->opfamily[0]) != BTEqualStrategyNumber) {
    return false;
  }
  auto* left = static_cast<Node*>(linitial(condition->args));
  auto* right = static_cast<Node*>(lsecond(condition->args));
  return (is_the_column(left, wanted) && !contain_var_clause(right)) ||
         (is_the_column(right, wanted) && !contain_var_clause(left));
}

bool has_one_value(Node* node, const Wanted& wanted);

bool one_has_one_value(List* nodes, const Wanted& wanted) {
  ListCell* cell = nullptr;
  foreach (cell, nodes) {
    if (has_one_value(static_cast<Node*>(lfirst(cell)), wanted)) {
      return true;
    }
  }
  return false;
}

// Of the statement's FROM and WHERE.
bool has_one_value(Node* node, const Wanted& wanted) {
  switch (node == nullptr ? T_Invalid : nodeTag(node)) {
    case T_List:
      return one_has_one_value(castNode(List, node), wanted);
    case T_FromExpr:
      return one_has_one_value(castNode(FromExpr, node)->fromlist, wanted) ||
             has_one_value(castNode(FromExpr, node)->quals, wanted);
    case T_JoinExpr:
      return has_one_value(castNode(JoinExpr, node)->larg, wanted) ||
             has_one_value(castNode(JoinExpr, node)->rarg, wanted) ||
             has_one_value(castNode(JoinExpr, node)->quals, wanted);
    case T_BoolExpr:
      return castNode(BoolExpr, node)->boolop == AND_EXPR && one_has_one_value(castNode(BoolExpr, node)->args, wanted);
    case T_OpExpr:
      return is_one_value(castNode(OpExpr, node), wanted);
    default:
      return false;
  }
}

// An index without order is of use for its conditions alone. It is called hypothetical too, since the planner looks
// into real ones for a column's ends, by their order. Those whose first column has one value keep theirs: they are not
// read from end to end.
void forget_order(PlannerInfo* planner, Oid relation, bool inherited, RelOptInfo* info) {
  if (next_hook != nullptr) {
    next_hook(planner, relation, inherited, info);
  }
  if (!planning) {
    return;
  }
  ListCell* cell = nullptr;
  foreach (cell, info->indexlist) {
    auto* index = lfirst_node(IndexOptInfo, cell);
    const Wanted wanted{index, static_cast<int>(info->relid)};
    if (index->sortopfamily != nullptr && !has_one_value(reinterpret_cast<Node*>(planner->parse->jointree), wanted)) {
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

// The hook stays: taken back while somebody stands in front of it, it would be called in a circle when it comes again.
PlanningScope::PlanningScope() noexcept : mine_(wanted_now && !planning), scans_(enable_seqscan) {
  static bool installed = false;
  if (mine_) {
    if (!installed) {
      next_hook = get_relation_info_hook;
      get_relation_info_hook = forget_order;
      installed = true;
    }
    planning = true;
    enable_seqscan = false;
  }
}

PlanningScope::~PlanningScope() {
  if (mine_) {
    planning = false;
    enable_seqscan = scans_;
  }
}

}  // namespace rehydra::pg
