// Job: a store's rows beside a query's of the same key, where both come in the order of that one integer: a full join
// that neither hashes nor sorts, and reads each side once.
// Callers: comparing a file with its table; any file in the order of its keys qualifies, as exports are.
#pragma once

#include <vector>

#include "pg/cursor.h"
#include "pg/memory.h"
#include "pg/store.h"

namespace rehydra::pg {

// A row: the store's columns, true if the query has a row of that key, the query's columns. Which side lacks a row has
// NULLs there. Rows of the store without a key are passed over.
class MergedRows : public Batch {
 public:
  enum class Join : bool { left, full };

  // sql: ordered by its column `key`, from 0, which is an integer as the store's column of that name is.
  MergedRows(const Store& store, const std::string& store_key, Join join, const std::string& sql, std::size_t key,
             const Args& args, Access access = Access::read_only);
  ~MergedRows() = default;
  MergedRows(const MergedRows&) = delete;
  MergedRows& operator=(const MergedRows&) = delete;

  // The query has no rows at all. Before the first fetch().
  bool lacks_query_rows();
  // As pg::Cursor's: the values live until the next fetch() or close().
  std::size_t fetch();
  void close();

 private:
  void merge();
  bool next_of_store();
  void add(bool in_store, bool in_query);

  const Store& store_;
  std::size_t store_key_;
  Join join_;
  Cursor query_;
  std::size_t key_;
  bool query_ended_ = false;
  std::size_t query_row_ = 0;
  Context memory_;
  std::size_t capacity_ = 0;            // rows of a batch
  int pointer_ = -1;                    // into the store
  std::vector<TupleTableSlot*> slots_;  // the batch's rows of the store, and the one to come
  std::size_t slot_ = 0;                // that one
  bool store_has_ = false;              // it was read already
  bool store_ended_ = false;
  std::size_t filled_ = 0;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

}  // namespace rehydra::pg
