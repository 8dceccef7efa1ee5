#include "importer/own_rows.h"

#include "registry/tenant_share.h"

namespace rehydra::importer {

bool own_rows_are_few(const Operation& operation, pg::Access access) {
  const pg::Context memory(CurrentMemoryContext, "rehydra tenant share");
  std::vector<int> datasets;
  for (const Work& work : operation.works) {
    datasets.push_back(work.index);
  }
  registry::ParentKeys parents;
  return registry::has_small_share({operation.tenant, operation.role, memory.get(), access}, parents, *operation.model,
                                   datasets);
}

}  // namespace rehydra::importer
