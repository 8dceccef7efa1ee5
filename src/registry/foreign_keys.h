// Job: foreign keys that the tables have and the registry does not, looked at as an operation starts: they may be newer
// than the registration. A partition's foreign keys are its root's.
#pragma once

#include "registry/model.h"

namespace rehydra::registry {

// Adds the foreign keys between the model's tables that are no references of it yet, so that they are checked, but
// those that are the tenant column alone, which is set from the session. For load(), as the registry's owner.
void follow_foreign_keys(Model& model);

// Before rows are written: Failure(unprotected) naming both tables where a data set refers to a table that is none and
// looks as if it held tenants' rows (a tenant column's name, or a foreign key to a tenant's data set): rows of somebody
// else could be referred to.
void require_registered_parents(const Model& model);

}  // namespace rehydra::registry
