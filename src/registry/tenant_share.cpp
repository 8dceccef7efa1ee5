#include "registry/tenant_share.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "pg/cursor.h"
#include "pg/indexed_plans.h"
#include "pg/table_index.h"
#include "pg/table_size.h"

namespace rehydra::registry {

namespace {

// A smaller table is soon read from end to end.
constexpr std::uint64_t least_pages = 256;
// One row is one page at worst, and the index has some too.
constexpr std::uint64_t pages_a_row = 2;
// More are not few, however large the tables are: looking at them takes a twentieth of what an export does.
constexpr std::uint64_t most_rows = 1'000'000;

const Column& leading_column(const Dataset& dataset) {
  const int column = dataset.tenant_column >= 0
                         ? dataset.tenant_column
                         : dataset.references[static_cast<std::size_t>(dataset.tenant_reference)].columns[0];
  return dataset.columns[static_cast<std::size_t>(column)];
}

std::uint64_t count_up_to(std::uint64_t most, const ParentKeys::Reader& reader, const ParentKeys& parents,
                          const Model& model, const Dataset& dataset) {
  const ActingScope acting(reader.role);
  return static_cast<std::uint64_t>(pg::fetch_count("SELECT pg_catalog.count(*) FROM (SELECT FROM " + dataset.rows() +
                                                        " t WHERE " + parents.predicate(model, dataset, "t") +
                                                        " LIMIT " + std::to_string(most) + ") t",
                                                    parents.args(reader.tenant), reader.access));
}

}  // namespace

bool has_small_share(const ParentKeys::Reader& reader, ParentKeys& parents, const Model& model,
                     const std::vector<int>& datasets) {
  if (model.isolation == Isolation::existing) {
    return false;
  }
  std::vector<const Dataset*> large;
  std::uint64_t pages = 0;
  for (const int index : datasets) {
    const Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
    if (dataset.belongs_to_nobody()) {
      continue;
    }
    const std::optional<std::uint64_t> size = pg::heap_pages(dataset.relation);
    if (dataset.only || !size) {
      return false;
    }
    if (*size < least_pages) {
      continue;
    }
    if (!pg::begins_an_index(dataset.relation, leading_column(dataset).name)) {
      return false;
    }
    large.push_back(&dataset);
    pages += *size;
  }
  const pg::IndexedPlans plans(true);
  std::uint64_t left = std::min(pages / pages_a_row, most_rows);
  for (auto dataset = large.begin(); dataset != large.end() && left != 0; ++dataset) {
    parents.read(reader, model, **dataset);
    left -= count_up_to(left, reader, parents, model, **dataset);
  }
  return left != 0;
}

}  // namespace rehydra::registry
