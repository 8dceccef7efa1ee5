// Job: an exported file as the commands see it, whatever its format: its description, and the typed rows of a data set.
// Callers: the commands. A format is one implementation of ExportedFile, and a line in open_file().
// Promise: memory does not grow with the file; what cannot be read throws Failure, as everywhere.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/manifest.h"
#include "core/error.h"
#include "core/limits.h"

namespace rehydra::tool {

// What is wrong with single cells: the first ones in full, all of them counted.
class Problems {
 public:
  explicit Problems(std::size_t kept) : kept_(kept) {}
  void add(Error error);
  const std::vector<Error>& first() const noexcept { return first_; }
  std::uint64_t count() const noexcept { return count_; }
  // Columns of types that only the database knows, whose values could be told by guess alone.
  void add_guess(const codec::ManifestColumn& column);
  const std::vector<std::string>& guesses() const noexcept { return guesses_; }

 private:
  std::size_t kept_;
  std::vector<Error> first_;
  std::vector<std::string> guesses_;
  std::uint64_t count_ = 0;
};

// Values as PostgreSQL prints them, in the order of columns_of(); nothing for NULL. A cell that holds no value of its
// type gives its own text, and a problem.
using Record = std::vector<std::optional<std::string_view>>;

class Records {
 public:
  virtual ~Records() = default;
  virtual bool next(Record& record) = 0;  // views live until the next call
};

// A sheet, or what stands for one in another format.
struct Part {
  std::string title;
  bool hidden = false;
};

class ExportedFile {
 public:
  virtual ~ExportedFile() = default;
  virtual const char* format() const = 0;
  virtual std::vector<Part> parts() const = 0;
  virtual Container container() const = 0;
  virtual bool manifest_agrees() = 0;  // with its own SHA-256
  virtual const codec::Manifest& manifest() = 0;
  // Where the file contradicts its manifest apart from the rows.
  virtual std::vector<Error> contradictions() = 0;
  virtual std::unique_ptr<Records> records(const codec::ManifestDataset& dataset, Problems& problems) = 0;
};

// bytes must outlive the result.
std::unique_ptr<ExportedFile> open_file(std::string_view bytes, const Limits& limits);

// A data set's table columns, each once, as its digest counts them: the main sheet's, then what only satellites have.
struct DatasetColumn {
  std::size_t sheet = 0;   // in ManifestDataset::sheets
  std::size_t column = 0;  // in ManifestSheet::columns
};
std::vector<DatasetColumn> columns_of(const codec::ManifestDataset& dataset);

}  // namespace rehydra::tool
