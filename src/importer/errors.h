// Job: collect what is wrong with a file, cell by cell: all are counted, the first ones are kept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"

namespace rehydra::importer {

// The number of an error's row where it is known to be a row that can be left out, but not which of the staged ones.
constexpr std::int64_t some_row = -1;

struct RowError {
  Error error;
  std::string dataset;
  std::string row_key;
  std::string column;
  std::string value;   // cut
  std::int64_t r = 0;  // the staged row; 0: the error is about more than a row
};

// B17 in a sheet; elsewhere there are no cells, and it is the row.
inline std::string cell_of(const Location& where) {
  return where.container == Container::sheet ? cell_name(where.row, where.column) : place_name(where);
}

class ErrorList {
 public:
  explicit ErrorList(std::size_t keep) : keep_(keep) {}

  // What holds the rows of the file that the errors are about.
  void set_container(Container container) noexcept { container_ = container; }
  Container container() const noexcept { return container_; }
  std::string called(const std::string& title) const { return container_name(container_, title); }

  void add_row(RowError error) {
    ++count_;
    fatal_ += error.r == 0 ? 1 : 0;
    if (container_ != Container::sheet) {
      error.error.where.container = container_;  // what is refused while a file is opened says so itself
    }
    if (errors_.size() < keep_) {
      errors_.push_back(std::move(error));
    } else if (error.r > 0) {
      beyond_[error.dataset].push_back(error.r);
    }
  }
  // Takes back what was said of a data set's rows that are not `here` ([r]).
  void forget(const std::string& dataset, const std::vector<bool>& here) {
    const auto gone = [&](std::int64_t r) {
      return r > 0 && (static_cast<std::size_t>(r) >= here.size() || !here[static_cast<std::size_t>(r)]);
    };
    count_ -= std::erase_if(errors_, [&](const RowError& error) { return error.dataset == dataset && gone(error.r); });
    count_ -= std::erase_if(beyond_[dataset], gone);
  }
  // The rows of a data set that kept errors are about without saying their keys; and what these are.
  std::vector<std::int64_t> rows_without_key(const std::string& dataset) const {
    std::vector<std::int64_t> rows;
    for (const RowError& error : errors_) {
      if (error.dataset == dataset && error.r > 0 && error.row_key.empty()) {
        rows.push_back(error.r);
      }
    }
    return rows;
  }
  void name_row(const std::string& dataset, std::int64_t r, const std::string& key) {
    for (RowError& error : errors_) {
      if (error.dataset == dataset && error.r == r && error.row_key.empty()) {
        error.row_key = key;
      }
    }
  }
  void add(Error error) { add_row(RowError{std::move(error), {}, {}, {}, {}, 0}); }
  void warn(std::string warning) {
    const bool is_new = std::find(warnings_.begin(), warnings_.end(), warning) == warnings_.end();
    if (is_new && warnings_.size() < keep_) {
      warnings_.push_back(std::move(warning));
    }
  }

  bool any() const noexcept { return count_ != 0; }
  std::uint64_t count() const noexcept { return count_; }
  // About more than rows that can be left out.
  bool any_fatal() const noexcept { return fatal_ != 0; }
  const std::vector<RowError>& errors() const noexcept { return errors_; }
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  std::size_t keep_;
  Container container_ = Container::sheet;
  std::uint64_t count_ = 0;
  std::uint64_t fatal_ = 0;
  std::map<std::string, std::vector<std::int64_t>> beyond_;  // rows of errors that are counted and not kept
  std::vector<RowError> errors_;
  std::vector<std::string> warnings_;
};

}  // namespace rehydra::importer
