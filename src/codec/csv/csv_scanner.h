// Job: records and fields of a csv file (RFC 4180), as it comes out of a source.
// Callers: the rows of a csv bundle.
// Promise: one record is held at a time, within limits.text_bytes; quotes are strict: what RFC 4180 does not know
// throws Failure(bad_file) instead of being guessed at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/inflate.h"
#include "core/limits.h"

namespace rehydra::codec {

class CsvScanner {
 public:
  static constexpr std::size_t default_window = 256U << 10;

  // limits must outlive the scanner.
  CsvScanner(std::unique_ptr<ByteSource> source, const Limits& limits, std::size_t window = default_window);

  // The fields of the next record; false at the end. The views live until the next call.
  bool next(std::vector<std::string_view>& fields);
  // Records so far: as a spreadsheet numbers its rows.
  std::uint32_t record() const noexcept { return record_; }

 private:
  struct Field {
    std::size_t start = 0;  // offsets into the window
    std::size_t end = 0;
    bool doubled = false;  // has quotes that stand for one
  };
  enum class Found : std::uint8_t { record, more };

  void start();
  void choose_delimiter();
  void refill();
  Found scan_record();
  Found scan_quoted(std::size_t& at, Field& field);
  void scan_bare(std::size_t& at, Field& field) const;
  void take_fields(std::vector<std::string_view>& fields);
  void check_new(std::size_t from) const;

  std::unique_ptr<ByteSource> source_;
  const Limits& limits_;
  std::unique_ptr<char[]> window_;
  std::size_t capacity_;
  std::size_t begin_ = 0;  // of the record to come
  std::size_t end_ = 0;    // of what was read
  std::size_t next_ = 0;   // behind the record
  std::vector<Field> found_;
  std::uint32_t record_ = 0;
  char delimiter_ = ',';
  bool started_ = false;
  bool source_ended_ = false;
};

}  // namespace rehydra::codec
