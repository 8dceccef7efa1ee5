// Job: rows that spill: a tuplestore that SQL can name in FROM (an ephemeral named relation) and C++ can fill.
// Callers: staging and planning. It survives internal subtransactions (pg/home.h), and must die before the Spi
// connection that it was published in is finished.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/guard.h"

namespace rehydra::pg {

struct StoreColumn {
  std::string name;
  Oid type = InvalidOid;
  std::int32_t typmod = -1;
  Oid collation = InvalidOid;
};

class Store {
 public:
  // The name is what FROM says. Memory: half a megabyte, or work_mem if that is less; the rest is in the server's
  // temporary files.
  Store(std::string name, const std::vector<StoreColumn>& columns);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::size_t columns() const noexcept { return column_count_; }
  std::uint64_t rows() const noexcept { return rows_; }
  TupleDesc descriptor() const noexcept { return descriptor_; }

  // For a query environment other than SPI's; made in the current memory context. Only inside a guard.
  EphemeralNamedRelation relation() const;

  // rows x columns() values, row by row.
  void append(const Datum* values, const bool* nulls, std::size_t rows);
  // Makes the rows visible to SQL under name(); again after further rows, so that the planner knows their number.
  void publish();
  void withdraw();

 private:
  std::string name_;
  std::size_t column_count_;
  MemoryContext memory_ = nullptr;
  TupleDesc descriptor_ = nullptr;
  Tuplestorestate* rows_store_ = nullptr;
  std::uint64_t rows_ = 0;
  bool published_ = false;
};

// What SQL can name at the moment, for a query environment other than SPI's; nullptr for nothing. Only inside a guard.
QueryEnvironment* published_stores();

}  // namespace rehydra::pg
