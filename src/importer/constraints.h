// Job: what the catalog says of a table's constraints, as far as the plan can check them or the apply has to care.
// Callers: check_plan and apply. Read as the bookkeeper; columns are indexes into Dataset::columns.
#pragma once

#include <string>
#include <vector>

#include "registry/model.h"

namespace rehydra::importer {

struct UniqueRule {
  std::string name;
  std::vector<int> columns;
  bool deferrable = false;
};

// A foreign key of another table that refers to this one.
struct DependentReference {
  std::string constraint;
  Oid child = InvalidOid;
  Oid child_owner = InvalidOid;
  std::string child_name;                  // qualified, quoted
  std::vector<std::string> child_columns;  // quoted
  std::vector<int> columns;                // of this table
  char on_delete = 'a';                    // as pg_constraint.confdeltype

  // The database refuses the delete; otherwise it changes or deletes the rows that refer.
  bool restricts() const noexcept { return on_delete == 'a' || on_delete == 'r'; }
};

std::vector<registry::Check> check_constraints(const registry::Dataset& dataset);
// True where a CHECK may look at the column.
bool is_checked(const registry::Dataset& dataset, int column);
// Unique indexes over plain columns, the key's own left out.
std::vector<UniqueRule> unique_rules(const registry::Dataset& dataset);
std::vector<DependentReference> dependent_references(const registry::Dataset& dataset);
// Deferrable constraints and constraint triggers of the table, qualified; those initially deferred.
std::vector<std::pair<std::string, bool>> deferrable_constraints(const registry::Dataset& dataset);
// A unique index over the key says of every row at once whether its key is taken; one of a deferrable constraint only
// at the statement's end.
bool key_holds_at_once(const registry::Dataset& dataset);
// True where the application has policies that are asked about new rows alone.
bool has_insert_policies(const registry::Dataset& dataset);
// True where an application's triggers may change what a statement writes.
bool has_user_triggers(const registry::Dataset& dataset);

}  // namespace rehydra::importer
