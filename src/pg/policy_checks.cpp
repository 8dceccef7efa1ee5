// Job: see the header.
#include "pg/policy_checks.h"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
}

namespace rehydra::pg {

namespace {

struct Reading {
  const std::string& tenant_setting;
  ParamListInfo parameters;
};

// The parameter that holds the setting; 0 for another one, whose value a check may change from row to row.
int parameter_of(const char* setting, const Reading& reading) {
  return setting == reading.tenant_setting              ? reading.parameters->numParams - 1
         : strcmp(setting, "rehydra.whole_tenant") == 0 ? reading.parameters->numParams
                                                        : 0;
}

// "current_setting('the tenant's', ...)", or which form our own policies take: the parameter. No constant, so that
// nothing is made of it that no row asks for.
Param* read_once(const FuncExpr* call, const Reading& reading) {
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
  const char* setting = TextDatumGetCString(linitial_node(Const, call->args)->constvalue);
  const int number = parameter_of(setting, reading);
  const char* value = number == 0 ? nullptr : GetConfigOptionByName(setting, nullptr, true);
  if (value == nullptr) {
    return nullptr;
  }
  reading.parameters->params[number - 1] = {CStringGetTextDatum(value), false, 0, TEXTOID};
  Param* parameter = makeNode(Param);
  parameter->paramkind = PARAM_EXTERN;
  parameter->paramid = number;
  parameter->paramtype = TEXTOID;
  parameter->paramtypmod = -1;
  parameter->paramcollid = call->funccollid;
  parameter->location = -1;
  return parameter;
}

extern "C" Node* with_settings_read(Node* node, void* reading) {
  if (node == nullptr) {
    return nullptr;
  }
  if (IsA(node, FuncExpr)) {
    if (Param* read = read_once(reinterpret_cast<FuncExpr*>(node), *static_cast<const Reading*>(reading));
        read != nullptr) {
      return reinterpret_cast<Node*>(read);
    }
  }
  if (IsA(node, Query)) {
    return reinterpret_cast<Node*>(rehydra_query_mutator(reinterpret_cast<Query*>(node), with_settings_read, reading));
  }
  return rehydra_expression_mutator(node, with_settings_read, reading);
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
      return true;
    }
  }
  return false;
}

}  // namespace

void simplify_policy_checks(Query* query, const std::string& tenant_setting, ParamListInfo parameters) {
  ListCell* cell = nullptr;
  foreach (cell, query->withCheckOptions) {
    if (contain_volatile_functions(lfirst_node(WithCheckOption, cell)->qual)) {
      return;
    }
  }
  List* checks = NIL;
  foreach (cell, query->withCheckOptions) {
    if (auto* check = lfirst_node(WithCheckOption, cell); !was_asked(checks, check)) {
      checks = lappend(checks, check);
    }
  }
  Reading reading{tenant_setting, parameters};
  foreach (cell, checks) {
    auto* check = lfirst_node(WithCheckOption, cell);
    check->qual = with_settings_read(check->qual, &reading);
  }
  query->withCheckOptions = checks;
}

}  // namespace rehydra::pg
