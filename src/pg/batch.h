// Job: rows as arrays of values, a batch at a time: what a cursor holds, or a store beside a cursor.
#pragma once

#include <cstddef>

#include "pg/pg.h"

namespace rehydra::pg {

class Batch {
 public:
  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  // The whole batch, row by row.
  const Datum* values() const noexcept { return values_; }
  const bool* nulls() const noexcept { return nulls_; }
  Datum value(std::size_t row, std::size_t column) const noexcept { return values_[row * columns_ + column]; }
  bool is_null(std::size_t row, std::size_t column) const noexcept { return nulls_[row * columns_ + column]; }

 protected:
  explicit Batch(std::size_t columns = 0) noexcept : columns_(columns) {}
  void set_columns(std::size_t columns) noexcept { columns_ = columns; }
  void show(const Datum* values, const bool* nulls, std::size_t rows) noexcept {
    values_ = values;
    nulls_ = nulls;
    rows_ = rows;
  }

 private:
  std::size_t columns_;
  std::size_t rows_ = 0;
  const Datum* values_ = nullptr;
  const bool* nulls_ = nullptr;
};

}  // namespace rehydra::pg
