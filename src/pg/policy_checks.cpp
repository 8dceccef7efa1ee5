#include "pg/policy_checks.h"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
}

namespace rehydra::pg {

namespace {

// "current_setting('a.b' [, missing_ok])" of a constant name and a setting that is there: its value. Within one
// statement it counts as constant, since the function is stable. Settings without a dot may be hidden from the role.
Const* constant_setting(const FuncExpr* call) {
  if (call->funcid != REHYDRA_CURRENT_SETTING && call->funcid != REHYDRA_CURRENT_SETTING_IF_THERE) {
    return nullptr;
  }
  auto* argument = static_cast<Node*>(linitial(call->args));
  if (!IsA(argument, Const) || reinterpret_cast<Const*>(argument)->constisnull) {
    return nullptr;
  }
  const char* name = TextDatumGetCString(reinterpret_cast<Const*>(argument)->constvalue);
  const char* value = strchr(name, '.') == nullptr ? nullptr : GetConfigOptionByName(name, nullptr, true);
  return value == nullptr ? nullptr
                          : makeConst(TEXTOID, -1, call->funccollid, -1, CStringGetTextDatum(value), false, false);
}

Node* with_constant_settings(Node* node, void* context) {
  if (node == nullptr) {
    return nullptr;
  }
  if (IsA(node, FuncExpr)) {
    if (Const* value = constant_setting(reinterpret_cast<FuncExpr*>(node)); value != nullptr) {
      return reinterpret_cast<Node*>(value);
    }
  }
  if (IsA(node, Query)) {
    return reinterpret_cast<Node*>(
        rehydra_query_mutator(reinterpret_cast<Query*>(node), with_constant_settings, context));
  }
  return rehydra_expression_mutator(node, with_constant_settings, context);
}

// The same but for its policy's name, which only a refusal tells; the first one's tells it then.
bool asks_the_same(const WithCheckOption* one, const WithCheckOption* other) {
  return one->kind == other->kind && one->cascaded == other->cascaded && strcmp(one->relname, other->relname) == 0 &&
         equal(one->qual, other->qual);
}

bool was_asked(const List* asked, WithCheckOption* check) {
  ListCell* cell = nullptr;
  foreach (cell, asked) {
    if (asks_the_same(lfirst_node(WithCheckOption, cell), check)) {
      return !contain_volatile_functions(check->qual);
    }
  }
  return false;
}

}  // namespace

void simplify_policy_checks(Query* query) {
  List* checks = NIL;
  ListCell* cell = nullptr;
  foreach (cell, query->withCheckOptions) {
    if (auto* check = lfirst_node(WithCheckOption, cell); !was_asked(checks, check)) {
      checks = lappend(checks, check);
    }
  }
  foreach (cell, checks) {
    auto* check = lfirst_node(WithCheckOption, cell);
    check->qual = with_constant_settings(check->qual, nullptr);
  }
  query->withCheckOptions = checks;
}

}  // namespace rehydra::pg
