// Job: SQL from C++: parameters in, rows out, errors as exceptions.
// Callers: every layer that speaks SQL, between Spi's construction and finish().
// Promise: read-only statements see the active snapshot; others see everything done before them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/guard.h"

namespace rehydra::pg {

// Identifiers and literals for SQL text.
std::string quote_identifier(std::string_view name);
std::string quote_qualified(std::string_view schema, std::string_view name);
std::string quote_literal(std::string_view text);

// The connection to the server's SQL interface for one SQL function. On an error path the server cleans up by itself,
// so the destructor makes no call: finish() ends it on every path that returns.
class Spi {
 public:
  Spi();
  void finish();
};

// A statement's parameters, $1 on.
class Args {
 public:
  Args& text(std::string_view value);
  Args& text_or_null(const std::optional<std::string>& value);
  Args& integer(std::int64_t value);
  Args& boolean(bool value);
  Args& datum(Oid type, Datum value, bool is_null = false);
  Args& bytes(std::string_view value);

  int count() const noexcept { return static_cast<int>(types_.size()); }
  Oid* types() const noexcept { return const_cast<Oid*>(types_.data()); }
  Datum* values() const noexcept { return const_cast<Datum*>(values_.data()); }
  const char* nulls() const noexcept { return nulls_.data(); }

 private:
  std::vector<Oid> types_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

// The names of an array that a query joined by a character which no name holds: array_to_string(names, E'\\x01').
std::vector<std::string> split_names(const std::optional<std::string>& joined);

enum class Access : bool { read_only, read_write };

// Runs one statement; the number of rows it processed.
std::uint64_t execute(const std::string& sql, const Args& args = {}, Access access = Access::read_write);

// Small results as text: NULL is nullopt.
using TextRow = std::vector<std::optional<std::string>>;
std::vector<TextRow> query(const std::string& sql, const Args& args = {}, Access access = Access::read_only);
// The same, a batch at a time: for results that may be as many as the file's rows.
void for_each_row(const std::string& sql, const Args& args, const std::function<void(const TextRow&)>& body,
                  Access access = Access::read_only);
// Exactly one value expected.
std::optional<std::string> query_value(const std::string& sql, const Args& args = {},
                                       Access access = Access::read_only);
std::int64_t query_count(const std::string& sql, const Args& args = {}, Access access = Access::read_only);

}  // namespace rehydra::pg
