// Job: a cursor of more columns than a statement may list: several statements, whose rows come side by side.
// Callers: whoever reads the coming and the stored values of planned rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pg/cursor.h"

namespace rehydra::pg {

class WideCursor : public Batch {
 public:
  // "SELECT list rest". rest: with an order that leaves no two rows open, where is_split(list.size()).
  WideCursor(const std::vector<std::string>& list, const std::string& rest, const Args& args);
  WideCursor(const WideCursor&) = delete;
  WideCursor& operator=(const WideCursor&) = delete;

  static bool is_split(std::size_t columns) noexcept { return columns > most_listed; }

  // As pg::Cursor's.
  std::size_t fetch();
  void close();

 private:
  static constexpr std::size_t most_listed = 1'600;  // and what a statement sorts by

  void lay_side_by_side();

  std::vector<std::unique_ptr<Cursor>> parts_;
  std::vector<Datum> values_;  // where they are several
  std::vector<char> nulls_;
};

}  // namespace rehydra::pg
