#include "registry/one_tenant.h"

#include <algorithm>

#include "pg/table_index.h"
#include "pg/table_size.h"

namespace rehydra::registry {

namespace {

// A smaller table is soon read.
constexpr std::uint64_t least_rows = 20'000;

int leading_column(const Dataset& dataset) {
  return dataset.tenant_column >= 0 ? dataset.tenant_column
                                    : dataset.references[static_cast<std::size_t>(dataset.tenant_reference)].columns[0];
}

bool is_read_whole(const Dataset& dataset) {
  return !dataset.belongs_to_nobody() && pg::most_rows(dataset.relation) >= least_rows &&
         !pg::begins_an_index(dataset.relation,
                              dataset.columns[static_cast<std::size_t>(leading_column(dataset))].name);
}

}  // namespace

bool is_found_by_index(const Model& model) {
  return std::none_of(model.datasets.begin(), model.datasets.end(), is_read_whole);
}

void expect_one_tenant(pg::SettingsScope& scope, const Tenant& tenant) {
  pg::read_whole_tenant(scope);
  if (tenant.found_by_index) {
    scope.set("enable_seqscan", "off");
  }
}

}  // namespace rehydra::registry
