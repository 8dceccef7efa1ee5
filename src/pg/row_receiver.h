// Job: take an executor's rows as arrays of values, without a tuple in between.
// Callers: pg::Cursor.
// Promise: a row costs one allocation and one copy of what its values point to; memory is that of one batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pg/pg.h"

namespace rehydra::pg {

class RowReceiver {
 public:
  // The values' memory is made below parent and goes with it. capacity: rows of a batch.
  RowReceiver(TupleDesc descriptor, std::size_t capacity, MemoryContext parent);
  RowReceiver(const RowReceiver&) = delete;
  RowReceiver& operator=(const RowReceiver&) = delete;

  // Forgets the last batch; what the executor is to send to. Under the guard.
  DestReceiver* begin();
  std::size_t rows() const noexcept { return rows_; }
  const Datum* values() const noexcept { return values_.data(); }
  const bool* nulls() const noexcept { return reinterpret_cast<const bool*>(nulls_.data()); }

 private:
  struct Destination {
    DestReceiver functions;  // first: the executor knows nothing else
    RowReceiver* receiver;
  };

  // A column whose values are pointers.
  struct Behind {
    std::size_t column;
    std::int16_t length;  // the type's
    std::size_t size;     // of the row's value at hand
  };

  static bool receive(TupleTableSlot* slot, DestReceiver* self);
  void add(const TupleTableSlot& slot);
  std::size_t measure(const TupleTableSlot& slot);

  Destination destination_{};
  std::size_t columns_;
  std::size_t capacity_;
  std::size_t rows_ = 0;
  MemoryContext memory_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
  std::vector<Behind> behind_;
};

}  // namespace rehydra::pg
