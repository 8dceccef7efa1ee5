// Job: put updates that hand unique values to each other into an order in which each value is free when it is taken.
// Callers: update_rows. Promise: rows in a cycle (two products that swap names) are broken by parking one of them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace rehydra::importer {

struct UpdateOrder {
  // Rows that have to wait: the wave they are updated in, from 1; all others are in wave 0.
  std::map<std::int64_t, int> wave;
  // Rows that give their value up before all waves.
  std::set<std::int64_t> parked;
  int waves = 0;
};

// waits: row -> rows whose old value it takes. Chains longer than most_waves are cut by parking, so that the number of
// statements is bounded.
UpdateOrder order_updates(const std::multimap<std::int64_t, std::int64_t>& waits, int most_waves = 16);

}  // namespace rehydra::importer
