#include "exporter/display_values.h"

namespace rehydra::exporter {

namespace {

constexpr std::size_t most_parents = 50'000;
constexpr std::size_t entry_bytes = 80;  // of the map, besides the text

}  // namespace

bool DisplayValues::add(std::int64_t key, std::string_view text, std::size_t& budget) {
  const std::size_t cost = text.size() + entry_bytes;
  if (cost > budget) {
    return false;
  }
  budget -= cost;
  return values_.try_emplace(key, text).second;
}

bool DisplayValues::read(const registry::Reading& reading, const DisplayLookup& lookup, std::size_t& budget) {
  registry::TenantRows rows(reading, lookup.statement + " LIMIT " + std::to_string(most_parents + 1));
  rows.print_as({lookup.parent_key, lookup.shown});
  std::size_t seen = 0;
  bool fits = true;
  while (fits && rows.next()) {
    seen += rows.last() - rows.first();
    fits = seen <= most_parents;
    for (std::size_t row = rows.first(); fits && row < rows.last(); ++row) {
      if (!rows.is_null(row, 0) && !rows.is_null(row, 1)) {
        fits = add(rows.integer(row, 0), rows.text(row, 1), budget);
      }
    }
  }
  rows.close();
  return fits;
}

const DisplayValues* DisplayCache::values_of(const registry::Reading& reading, const DisplayLookup& lookup) {
  const auto [at, is_new] = entries_.try_emplace(lookup.statement);
  Entry& entry = at->second;
  if (is_new) {
    std::size_t left = budget_;
    entry.complete = entry.values.read(reading, lookup, left);
    if (entry.complete) {
      budget_ = left;
    } else {
      entry.values = {};
    }
  }
  return entry.complete ? &entry.values : nullptr;
}

bool DisplayCache::find_all(const registry::Reading& reading, SheetPlan& plan) {
  bool any = false;
  for (PlannedColumn& column : plan.columns) {
    if (!column.lookup) {
      continue;
    }
    column.values = values_of(reading, *column.lookup);
    if (column.values == nullptr) {
      return false;
    }
    any = true;
  }
  return any;
}

void DisplayCache::fill(const registry::Reading& reading, std::vector<SheetPlan>& plans) {
  for (SheetPlan& plan : plans) {
    if (plan.rows != 0 && find_all(reading, plan)) {
      plan.select = plan.lean_select;
      continue;
    }
    for (PlannedColumn& column : plan.columns) {
      column.values = nullptr;
    }
  }
}

}  // namespace rehydra::exporter
