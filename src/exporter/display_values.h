// Job: what display columns show of the rows' parents, read once and kept, so that a sheet's own statement needs no
// join and can follow an index in key order. Callers: export_stream, after the survey and inside a Reading::Scope;
// sheet_rows looks the values up. Promise: the same values as the join's, from the same snapshot under the same
// predicate; bounded memory: parents that are too many or too wide keep their join.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exporter/sheet_plan.h"
#include "registry/reading.h"

namespace rehydra::exporter {

// One column of one parent, by the integer that rows refer to.
class DisplayValues {
 public:
  // Null where there is no such parent, or nothing to show of it.
  const std::string* find(std::int64_t key) const {
    const auto at = values_.find(key);
    return at == values_.end() ? nullptr : &at->second;
  }

  // False where the parents pass the budget of bytes, or are not told apart by their keys.
  bool read(const registry::Reading& reading, const DisplayLookup& lookup, std::size_t& budget);

 private:
  bool add(std::int64_t key, std::string_view text, std::size_t& budget);

  std::unordered_map<std::int64_t, std::string> values_;
};

class DisplayCache {
 public:
  // Turns the plans that can do without joins into such; the cache must outlive them.
  void fill(const registry::Reading& reading, std::vector<SheetPlan>& plans);

 private:
  const DisplayValues* values_of(const registry::Reading& reading, const DisplayLookup& lookup);
  bool find_all(const registry::Reading& reading, SheetPlan& plan);

  struct Entry {
    DisplayValues values;
    bool complete = false;
  };
  std::map<std::string, Entry> entries_;  // by statement
  std::size_t budget_ = std::size_t{8} << 20;
};

}  // namespace rehydra::exporter
