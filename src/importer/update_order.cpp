#include "importer/update_order.h"

#include <algorithm>

namespace rehydra::importer {

namespace {

// Wave of a row = one more than the highest wave it waits for, parked rows apart; -1 while something it waits for is
// unknown.
int wave_of(std::int64_t row, const std::multimap<std::int64_t, std::int64_t>& waits, const UpdateOrder& order,
            const std::set<std::int64_t>& open) {
  int wave = 0;
  const auto [from, to] = waits.equal_range(row);
  for (auto edge = from; edge != to; ++edge) {
    if (order.parked.count(edge->second) != 0) {
      continue;
    }
    if (open.count(edge->second) != 0) {
      return -1;
    }
    const auto known = order.wave.find(edge->second);
    wave = std::max(wave, 1 + (known == order.wave.end() ? 0 : known->second));
  }
  return wave;
}

// Every open row waits for an open one, or is too deep: some of what they wait for gives way, of two that wait for each
// other only one.
void park_some(const std::multimap<std::int64_t, std::int64_t>& waits, const std::set<std::int64_t>& open,
               UpdateOrder& order) {
  std::set<std::int64_t> touched;
  for (const auto& [row, holder] : waits) {
    if (open.count(row) != 0 && order.parked.count(holder) == 0 && touched.count(row) == 0 &&
        touched.count(holder) == 0) {
      order.parked.insert(holder);
      touched.insert(row);
      touched.insert(holder);
    }
  }
}

}  // namespace

UpdateOrder order_updates(const std::multimap<std::int64_t, std::int64_t>& waits, int most_waves) {
  UpdateOrder order;
  std::set<std::int64_t> open;
  for (const auto& edge : waits) {
    open.insert(edge.first);
  }
  while (!open.empty()) {
    std::vector<std::pair<std::int64_t, int>> settled;
    for (std::int64_t row : open) {
      if (const int wave = wave_of(row, waits, order, open); wave >= 0 && wave <= most_waves) {
        settled.emplace_back(row, wave);
      }
    }
    if (settled.empty()) {
      park_some(waits, open, order);
    }
    for (const auto& [row, wave] : settled) {
      open.erase(row);
      order.wave[row] = wave;
      order.waves = std::max(order.waves, wave);
    }
  }
  return order;
}

}  // namespace rehydra::importer
