// Job: write a plan anew with some of its coming values replaced: keys that the database gives out, references that
// follow them.
#pragma once

#include <map>
#include <string>

#include "importer/work.h"

namespace rehydra::importer {

// new_values: by field, an SQL expression over plan row p (and joins) for n<field>; mask: an expression for the mask,
// empty for p.mask.
void rewrite_plan(const Operation& operation, Work& work, const std::map<std::size_t, std::string>& new_values,
                  const std::string& mask, const std::string& joins);

// The references of planned rows to parent's key fields follow parent.id_map.
void follow_ids_in_plan(const Operation& operation, Work& work, const Work& parent);

// The default of a column as SQL, deparsed with qualified names; empty where it has none.
std::string default_expression(const registry::Dataset& dataset, const registry::Column& column);

}  // namespace rehydra::importer
