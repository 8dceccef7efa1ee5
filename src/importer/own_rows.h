// Job: the condition that a stored row is the tenant's, for statements that read all of them: by the keys of their
// parents where only these lead to the tenant. Rows of a part are found by what says which they are.
// Promise: keys and rows are of one moment while it is planned. At read committed the proof may read rows a moment
// after keys: what another session gives to a new parent in between is as if it had come later. Callers: the comparison
// of a file with its table; counts and the proof. Inside of the tenant's scope, as the acting role.
#pragma once

#include "importer/work.h"
#include "pg/memory.h"
#include "registry/parent_keys.h"

namespace rehydra::importer {

class OwnRows {
 public:
  // access: of which moment.
  OwnRows(const Operation& operation, const Work& work, pg::Access access)
      : model_(*operation.model),
        dataset_(*work.dataset),
        tenant_(operation.tenant),
        memory_(CurrentMemoryContext, "rehydra own rows") {
    if (!work.is_partial()) {
      parents_.read({tenant_, operation.role, memory_.get(), access}, model_, dataset_);
    }
  }

  std::string predicate(const std::string& alias) const { return parents_.predicate(model_, dataset_, alias); }
  // $1 and on, as long as the object lives.
  pg::Args args() const { return parents_.args(tenant_); }

 private:
  const registry::Model& model_;
  const registry::Dataset& dataset_;
  const registry::Tenant& tenant_;
  pg::Context memory_;
  registry::ParentKeys parents_;
};

// All that the tables of an import hold of the tenant, see registry/tenant_share.h.
bool own_rows_are_few(const Operation& operation, pg::Access access);

}  // namespace rehydra::importer
