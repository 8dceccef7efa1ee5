// Job: write a json document (docs/formats.md), a row a line, out in chunks as they are made.
// Callers: the exporter. Use: construct with all lists and the head of the manifest; as codec/file_writer.h says, the
// lists in their order; seal() before finish().
// Promise: memory is one buffer; a list gets exactly the rows announced, if they were.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/byte_buffer.h"
#include "codec/file_writer.h"
#include "codec/row_list.h"
#include "codec/text_pipeline.h"
#include "core/cancel.h"

namespace rehydra::codec {

class JsonWriter;

// One row's values, by the order of the list's columns: the same member functions as RowWriter.
class JsonRowWriter {
 public:
  static constexpr std::uint64_t rows_per_sheet = UINT64_MAX;  // one list, however long

  explicit JsonRowWriter(JsonWriter& writer) noexcept : writer_(writer) {}

  void begin();
  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void integer(std::int64_t value, std::string_view digits);
  void decimal(std::string_view text);
  void date(std::int32_t days_since_2000);
  void timestamp(std::int64_t micros_since_2000);
  void text(std::string_view utf8);
  void base64(std::string_view bytes);
  void end();

 private:
  void put_raw(std::string_view text);
  void put_value(const std::string& before, std::string_view value);
  void put_string(const std::string& before, std::string_view value);

  JsonWriter& writer_;
};

class JsonWriter final : public FileWriter {
 public:
  JsonWriter(std::vector<RowList> lists, std::string_view head, Cancel cancel);

  void begin_sheet(std::size_t index) override;
  JsonRowWriter& row() noexcept { return row_; }
  void end_sheet() override;
  void seal(std::string_view json) { seal_ = json; }
  void finish() override;

  std::string_view output() override { return pipeline_.output(); }
  std::size_t waiting() const override { return pipeline_.waiting(); }
  void consume(std::size_t n) override { pipeline_.consume(n); }
  Sha256 sha256() const noexcept override { return pipeline_.sha256(); }
  Worker& worker() noexcept override { return worker_; }

 private:
  friend class JsonRowWriter;
  // A column's name as it stands in front of each of its values.
  struct Member {
    std::string before;
    ColumnClass kind;
    bool fixed_scale;
  };
  static constexpr std::size_t drain_bytes = 128U << 10;

  void drain();
  void put(std::string_view text);
  const Member& next_member();

  std::vector<RowList> lists_;
  Cancel cancel_;
  std::vector<Member> members_;  // of the open list
  std::size_t member_ = 0;       // of the open row
  std::optional<std::size_t> open_;
  std::size_t next_list_ = 0;
  std::uint64_t rows_ = 0;
  std::string seal_;
  std::string scratch_;
  ByteBuffer json_{2 * drain_bytes};
  TextPipeline pipeline_{worker_};
  JsonRowWriter row_{*this};
  Worker worker_;  // last: its thread is gone before what it works on
};

}  // namespace rehydra::codec
