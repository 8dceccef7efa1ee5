// Job: say what went wrong, where in the file, and what to do about it, as a plain value.
// Callers: every layer. The codec throws Failure for what ends a file; the importer collects Error values for what ends
// a row. Promise: no server type in here; pg/ alone maps ErrorKind to SQLSTATE.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace rehydra {

enum class ErrorKind : std::uint8_t {
  bad_argument,      // a call's argument is not acceptable
  bad_file,          // not a workbook, or a damaged one
  hostile_file,      // a container that lies: duplicates, overlaps, DOCTYPE, external targets
  limit_exceeded,    // one of core/limits.h
  unsupported_file,  // a newer format version, encryption, an unknown method
  missing_sheet,
  missing_column,
  duplicate_column,
  bad_value,  // a cell that its column's type does not accept
  value_too_long,
  formula,     // a cell that holds a formula
  null_value,  // a blank cell where the column needs a value
  check_violation,
  duplicate_key,
  missing_reference,
  blocked_delete,  // a row that other tables still refer to
  too_many_deletes,
  denied,  // another tenant, another model, a missing privilege
  not_registered,
  unprotected,   // a relation that row level security does not guard for the acting role
  suppressed,    // a trigger or rule kept the database from doing what was planned
  conflict,      // the rows moved between plan and apply
  proof_failed,  // what the server did is not what the plan said
  out_of_memory,
  cancelled,
  io_error,
  internal,
};

// What holds rows: a workbook's sheet, a file of a csv bundle, a list of a json document.
enum class Container : std::uint8_t { sheet, file, list };

// Where in a file: any part may be empty or 0. Row and column count from 1, as a person sees them.
struct Location {
  std::string sheet;
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::string header;
  Container container = {};
};

// The cell as a spreadsheet names it, "B17"; empty when row or column is unknown.
std::string cell_name(std::uint32_t row, std::uint32_t column);
// The container as a person calls it: sheet "Products", file "products.csv", data set "products".
std::string container_name(Container container, const std::string& title);
// The place in it: "cell B17", or "row 17" where there are no cells; empty when the row is unknown.
std::string place_name(const Location& where);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // lower case, no full stop
  std::string detail;   // sentences
  std::string hint;     // sentences: what to do
  Location where;
  std::string sqlstate{};  // a server's own, "23505"; empty: the one of kind
};

// The one exception class of the codec and the layers above it.
class Failure : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  Failure(ErrorKind kind, std::string message, std::string hint = {}, Location where = {})
      : error_{kind, std::move(message), {}, std::move(hint), std::move(where), {}} {}

  const Error& error() const noexcept { return error_; }
  Error& error() noexcept { return error_; }
  const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  Error error_;
};

}  // namespace rehydra
