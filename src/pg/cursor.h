// Job: the rows of a query in batches of deformed values, from a statement that we start ourselves.
// Callers: whoever reads many rows.
// Promise: it depends on nothing but its own memory and resources, so it may live from call to call of a set-returning
// function, whatever becomes of the SPI connection, of cursors and of savepoints in between. Names of published stores
// mean these. Privileges and row level security are those of the role at construction.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "pg/batch.h"
#include "pg/row_receiver.h"
#include "pg/spi.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace rehydra::pg {

class Cursor : public Batch {
 public:
  static constexpr long batch_rows = 1'000;
  // Rows of many columns come in smaller batches.
  static constexpr long rows_a_batch(std::size_t columns) {
    constexpr long most_values = 400'000;
    return std::clamp(most_values / static_cast<long>(std::max<std::size_t>(columns, 1)), 1L, batch_rows);
  }

  Cursor(const std::string& sql, const Args& args, Access access = Access::read_only, long most_rows = batch_rows);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // Rows fetched; 0 at the end. The datums of a batch live until the next fetch() or close().
  std::size_t fetch();
  TupleDesc descriptor() const noexcept { return query_->tupDesc; }
  void close();

 private:
  Cursor();
  void start(const std::string& sql, const Args& args, Access access, long most_rows);
  void release(bool keeps_locks);

  MemoryContext memory_ = nullptr;
  ResourceOwner owner_ = nullptr;
  QueryDesc* query_ = nullptr;
  std::unique_ptr<RowReceiver> batch_;  // its memory is below the cursor's
  long capacity_ = 0;
  bool at_end_ = false;
};

// The one number that a statement gives, which is not NULL.
std::int64_t fetch_count(const std::string& sql, const Args& args, Access access = Access::read_only);

}  // namespace rehydra::pg
