// Job: see the header.
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

// "current_setting('the tenant's', ...)", or which form our own policies take: the value. Of any other setting a check
// may change the value from row to row, or never come to read it.
Const* constant_setting(const FuncExpr* call, const std::string& tenant_setting) {
  if (call->funcid != REHYDRA_CURRENT_SETTING && call->funcid != REHYDRA_CURRENT_SETTING_IF_THERE) {
    return nullptr;
  }
  ListCell* cell = nullptr;
  foreach (cell, call->args) {
    auto* argument = static_cast<Node*>(lfirst(cell));
    if (!IsA(argument, Const) || reinterpret_cast<Const*>(argument)->constisnull) {
      return nullptr;
    }
  }
  const char* name = TextDatumGetCString(linitial_node(Const, call->args)->constvalue);
  if (name != tenant_setting && strcmp(name, "rehydra.whole_tenant") != 0) {
    return nullptr;
  }
  const char* value = GetConfigOptionByName(name, nullptr, true);
  return value == nullptr ? nullptr
                          : makeConst(TEXTOID, -1, call->funccollid, -1, CStringGetTextDatum(value), false, false);
}

extern "C" Node* with_constant_settings(Node* node, void* tenant_setting) {
  if (node == nullptr) {
    return nullptr;
  }
  if (IsA(node, FuncExpr)) {
    const auto& setting = *static_cast<const std::string*>(tenant_setting);
    if (Const* value = constant_setting(reinterpret_cast<FuncExpr*>(node), setting); value != nullptr) {
      return reinterpret_cast<Node*>(value);
    }
  }
  if (IsA(node, Query)) {
    return reinterpret_cast<Node*>(
        rehydra_query_mutator(reinterpret_cast<Query*>(node), with_constant_settings, tenant_setting));
  }
  return rehydra_expression_mutator(node, with_constant_settings, tenant_setting);
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

void simplify_policy_checks(Query* query, const std::string& tenant_setting) {
  List* checks = NIL;
  ListCell* cell = nullptr;
  foreach (cell, query->withCheckOptions) {
    if (auto* check = lfirst_node(WithCheckOption, cell); !was_asked(checks, check)) {
      checks = lappend(checks, check);
    }
  }
  foreach (cell, checks) {
    auto* check = lfirst_node(WithCheckOption, cell);
    if (!contain_volatile_functions(check->qual)) {
      check->qual = with_constant_settings(check->qual, const_cast<std::string*>(&tenant_setting));
    }
  }
  query->withCheckOptions = checks;
}

}  // namespace rehydra::pg
