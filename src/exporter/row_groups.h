// Job: how many rows have which texts in some columns, and the average of a number of theirs, counted while a sheet's
// rows are written.
// Callers: the sheets' rows add each row once; the charts ask for the groups when all rows are written.
// Promise: bounded memory: past so many groups, or where a text is too long, it counts no more and says that it is not
// complete.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "registry/reading.h"

namespace rehydra::exporter {

class RowGroups {
 public:
  // Places in the statement's result; value: of a number. by_month: the column is a date or a timestamp, of which its
  // month is the text.
  RowGroups(std::vector<std::size_t> columns, std::optional<std::size_t> value, bool by_month = false)
      : columns_(std::move(columns)), value_(value), by_month_(by_month) {}
  RowGroups(const RowGroups&) = delete;
  RowGroups& operator=(const RowGroups&) = delete;

  void add(registry::TenantRows& rows, std::size_t row);

  struct Group {
    std::vector<std::optional<std::string>> texts;  // a column each
    std::uint64_t rows = 0;
    double average = 0;  // of the value; not a number where no row has one
  };
  bool complete() const noexcept { return complete_; }
  std::vector<Group> groups() const;

 private:
  struct Sums {
    std::uint64_t rows = 0;
    std::uint64_t values = 0;
    double value = 0;
  };

  void find_current();
  bool is_of_current_month(const registry::TenantRows& rows, std::size_t row) const;
  void note_month(const registry::TenantRows& rows, std::size_t row);

  std::vector<std::size_t> columns_;
  std::optional<std::size_t> value_;
  bool by_month_;
  std::unordered_map<std::string, Sums> sums_;
  std::string key_;      // of the row at hand
  std::string current_;  // neighbouring rows are often of one group
  Sums* at_ = nullptr;   // its
  std::string number_;
  std::int64_t from_ = 0, to_ = 0;  // moments that are of the current month: no text is made of them
  bool complete_ = true;
};

}  // namespace rehydra::exporter
