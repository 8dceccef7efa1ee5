// Job: rows that spill: a tuplestore that SQL can name in FROM (an ephemeral named relation) and C++ can fill.
// Callers: staging and planning. It survives internal subtransactions (pg/home.h), and must die before the Spi
// connection that it was published in is finished.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "pg/column_facts.h"
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
  // What a statement that must not take more reads: rows of one segment().
  static constexpr std::uint64_t segment_rows = 250'000;

  // The name is what FROM says, before an alias. Memory: half a megabyte, or work_mem if that is less; the rest is in
  // the server's temporary files. split: where the columns are more than a tuple may have, those from this one on are
  // kept apart, and FROM says a join by the first column, which must tell the rows apart.
  Store(std::string name, const std::vector<StoreColumn>& columns, std::size_t split = 0);
  // The rows of another store, which is not split and gets no more of them, under other names, without a copy: the
  // first columns are that store's, those behind them NULL. Neither store needs the other to live on.
  Store(std::string name, const Store& other, const std::vector<StoreColumn>& columns);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::size_t columns() const noexcept { return column_count_; }
  std::uint64_t rows() const noexcept { return rows_; }
  bool is_split() const noexcept { return halves_.size() > 1; }
  // The rows by so many at a time, in their order: what FROM says, before an alias.
  std::size_t segments() const noexcept { return halves_[0].relations.size(); }
  std::string segment(std::size_t i) const;
  TupleDesc descriptor() const noexcept { return descriptor_; }
  // The column of that name, from 0; there must be one.
  std::size_t column(const std::string& name) const;
  // Of the column of that name.
  const ColumnFacts& facts(const std::string& name) const;
  // A row has NULL there.
  bool has_null(const std::string& name) const { return facts(name).has_null(); }
  // Its integers rise from row to row, NULLs aside, and rows can be read without SQL.
  bool rises(const std::string& name) const { return !is_split() && facts(name).rises(); }

  // Makes the rows known to a query environment other than SPI's, in the current memory context, unless it knows others
  // by that name. Only inside a guard.
  void enter(QueryEnvironment* environment) const;

  // Reading without SQL what is not split, only inside a guard. A pointer is a place among the rows, the first one to
  // begin with; it is the store's as long as that lives.
  int new_pointer() const;
  TupleTableSlot* new_slot() const { return MakeSingleTupleTableSlot(descriptor_, &TTSOpsMinimalTuple); }
  // The next row; false behind the last one. What the slot needs of memory is of the current context.
  bool read(int pointer, TupleTableSlot* slot) const {
    Place& place = places_[static_cast<std::size_t>(pointer)];
    do {
      Tuplestorestate* rows = halves_[0].relations[place.segment].rows;
      tuplestore_select_read_pointer(rows, place.pointers[place.segment]);
      if (tuplestore_gettupleslot(rows, true, false, slot)) {
        return true;
      }
    } while (go_on(place));
    return false;
  }
  // Looks at the rows from the first one on, until the body says false.
  template <class Body>
  void scan(Body&& body) const {
    if (scan_pointer_ < 0) {
      scan_pointer_ = new_pointer();
    }
    enter_segment(places_[static_cast<std::size_t>(scan_pointer_)], 0);
    TupleTableSlot* slot = new_slot();
    while (read(scan_pointer_, slot) && body(slot)) {
    }
    ExecDropSingleTupleTableSlot(slot);
  }

  // rows x columns() values, row by row.
  void append(const Datum* values, const bool* nulls, std::size_t rows);
  // Makes the rows visible to SQL under name(); again after further rows, so that the planner knows their number.
  void publish();
  void withdraw();

 private:
  // What SQL knows by a name of its own: a segment's columns, or half of them.
  struct Relation {
    std::string name;
    Tuplestorestate* rows = nullptr;
  };
  // Columns that stand in one tuple; behind the first half they follow a copy of the first column. One half has all.
  struct Half {
    std::string name;
    std::size_t first, end;
    TupleDesc descriptor = nullptr;
    std::deque<Relation> relations{};  // of each segment; their names stay where they are, as SPI points at them
    std::string all() const;           // what FROM says of its rows
  };
  // Where one reader is.
  struct Place {
    std::size_t segment = 0;
    std::vector<int> pointers;  // into each segment that it came to
  };
  // What stores of the same rows share.
  struct Shared {
    ~Shared();
    MemoryContext memory = nullptr;
    std::vector<Tuplestorestate*> rows;
    std::vector<ColumnFacts> facts;
  };

  void make(const std::vector<StoreColumn>& columns);
  void add_segment();
  std::string next_name(const Half& half) const;
  std::string joined(const std::string& first, const std::string& second) const;
  void put(const Datum* values, const bool* nulls, std::size_t rows);
  // Only inside a guard, all three. False behind the last segment.
  bool go_on(Place& place) const;
  void enter_segment(Place& place, std::size_t number) const;
  EphemeralNamedRelation described(const Half& half, std::size_t segment) const;

  std::string name_;
  std::size_t column_count_;
  std::shared_ptr<Shared> shared_;
  TupleDesc descriptor_ = nullptr;  // of all columns
  std::vector<Half> halves_;
  mutable std::vector<Place> places_;
  mutable int scan_pointer_ = -1;
  std::uint64_t rows_ = 0;
  std::vector<const char*> published_;  // names
};

// What SQL can name at the moment, for a query environment other than SPI's; nullptr for nothing. Only inside a guard.
QueryEnvironment* published_stores();

}  // namespace rehydra::pg
