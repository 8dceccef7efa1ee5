// Job: collect a thousand rows, convert what needs the server under one guard, and put them into a store.
// Callers: staging from a workbook and from a snapshot.
// Promise: a value that its type refuses becomes an error with coordinates; its row is kept and marked bad, so that its
// key still counts. What an input function runs (a domain's checks are the application's code) runs as the acting role.
#pragma once

#include <functional>
#include <vector>

#include "importer/convert.h"
#include "importer/work.h"
#include "pg/memory.h"

namespace rehydra::importer {

// The lead columns of staged rows.
enum Lead : std::size_t { lead_r, lead_sheet, lead_line, lead_bad, lead_columns };

// What one of a store's columns behind the lead ones stands for, and where a person sees it.
struct Slot {
  std::size_t field = 0;           // into Work::fields
  std::uint32_t sheet_column = 0;  // from 1
  std::string header;
  std::optional<ColumnClass> written = {};             // where the column was of another type when the file was made
  registry::ReadAs read_as = registry::ReadAs::value;  // how a workbook without a manifest wrote it
};

class RowBatch {
 public:
  // titles: the sheets that begin() counts by.
  RowBatch(const Operation& operation, const Work& work, std::vector<Slot> slots,
           const std::vector<std::string>& titles, pg::Store& store, MemoryContext parent, bool is_satellite = false);

  pg::Arena& arena() noexcept { return arena_; }
  void begin(std::int64_t sheet, std::int64_t line);
  // position: into slots. A converted value, or why it is none.
  void put(std::size_t position, Converted converted, const Cell* cell);
  void refuse(std::size_t position, Error error, const Cell* cell);
  // A cell that is no slot's.
  void refuse_at(std::uint32_t sheet_column, const std::string& header, Error error, const std::string& value);
  // The cell's own text, into the column that stands as far behind the slots' columns.
  void keep_text(std::size_t position, std::string_view text);
  void end();
  void flush();
  // The number of the row that was begun last.
  std::int64_t current() const noexcept { return next_row_; }
  std::int64_t rows() const noexcept { return next_row_; }
  std::uint64_t bad_rows() const noexcept { return bad_rows_; }

 private:
  static constexpr std::size_t capacity = 1'000;
  struct Pending {
    std::size_t row, position;
    char* text;
  };

  void convert_pending();
  void convert(const Pending& pending);
  void convert_one(const Pending& pending);
  void mark_bad(std::size_t row);
  std::int64_t number(std::size_t row) const;
  Location where(std::size_t row, std::size_t position) const;

  const registry::Column& column(std::size_t position) const { return work_.column(slots_[position].field); }

  const Work& work_;
  bool is_satellite_;
  std::vector<Slot> slots_;
  const std::vector<std::string>& titles_;
  pg::Store& store_;
  ErrorList& errors_;
  Oid role_;
  pg::Context memory_;
  pg::Arena arena_;
  std::size_t width_;
  std::size_t filled_ = 0;
  std::int64_t next_row_ = 0;
  std::uint64_t bad_rows_ = 0;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
  std::vector<Pending> pending_;
};

}  // namespace rehydra::importer
