// Job: collect what is wrong with a file, cell by cell: all are counted, the first ones are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"

namespace rehydra::importer {

struct RowError {
  Error error;
  std::string dataset;
  std::string row_key;
  std::string column;
  std::string value;  // cut
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
    if (container_ != Container::sheet) {
      error.error.where.container = container_;  // what is refused while a file is opened says so itself
    }
    if (errors_.size() < keep_) {
      errors_.push_back(std::move(error));
    }
  }
  void add(Error error) { add_row(RowError{std::move(error), {}, {}, {}, {}}); }
  void warn(std::string warning) {
    if (warnings_.size() < keep_) {
      warnings_.push_back(std::move(warning));
    }
  }

  bool any() const noexcept { return count_ != 0; }
  std::uint64_t count() const noexcept { return count_; }
  const std::vector<RowError>& errors() const noexcept { return errors_; }
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  std::size_t keep_;
  Container container_ = Container::sheet;
  std::uint64_t count_ = 0;
  std::vector<RowError> errors_;
  std::vector<std::string> warnings_;
};

}  // namespace rehydra::importer
