// Job: write a csv bundle (docs/formats.md): a zip with an RFC 4180 file a list and manifest.json behind them.
// Callers: the exporter. Use: construct with all lists; as codec/file_writer.h says; describe() before finish().
// Promise: memory is one buffer; a list gets exactly the rows announced, if they were; no field is one that a
// spreadsheet executes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/byte_buffer.h"
#include "codec/file_writer.h"
#include "codec/row_list.h"
#include "codec/worker.h"
#include "codec/zip_pipeline.h"
#include "core/cancel.h"

namespace rehydra::codec {

constexpr std::string_view csv_manifest = "manifest.json";

// A file's name that every system takes and that is not in taken (case ignored); added to taken.
std::string csv_file_name(std::string_view wanted, std::vector<std::string>& taken);

class CsvWriter;

// One row's fields, left to right: the same member functions as RowWriter.
class CsvRowWriter {
 public:
  static constexpr std::uint64_t rows_per_sheet = UINT64_MAX;  // one file, however long

  explicit CsvRowWriter(CsvWriter& writer) noexcept : writer_(writer) {}

  void begin();
  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void integer(std::int64_t value, std::string_view digits);
  void decimal(std::string_view number);
  void date(std::int32_t days_since_2000);
  void timestamp(std::int64_t micros_since_2000);
  void text(std::string_view utf8);
  void base64(std::string_view bytes);
  void end();

 private:
  void separate();
  void put(std::string_view field);
  void put_quoted(std::string_view field);

  CsvWriter& writer_;
};

class CsvWriter final : public FileWriter {
 public:
  CsvWriter(std::vector<RowList> lists, Cancel cancel) : lists_(std::move(lists)), cancel_(cancel) {}

  void begin_sheet(std::size_t index) override;
  CsvRowWriter& row() noexcept { return row_; }
  void end_sheet() override;
  void describe(std::string_view manifest) { manifest_ = manifest; }
  void finish() override;

  std::string_view output() override { return zip_.output(); }
  std::size_t waiting() const override { return zip_.waiting(); }
  void consume(std::size_t n) override { zip_.consume(n); }
  Sha256 sha256() const noexcept override { return zip_.sha256(); }
  Worker& worker() noexcept override { return worker_; }

 private:
  friend class CsvRowWriter;
  struct Column {
    ColumnClass kind;
    bool fixed_scale;
  };
  static constexpr std::size_t drain_bytes = 128U << 10;

  void drain();
  void write_header();

  std::vector<RowList> lists_;
  Cancel cancel_;
  std::vector<Column> columns_;  // of the open list
  std::size_t column_ = 0;       // of the open row
  std::optional<std::size_t> open_;
  std::vector<bool> written_ = std::vector<bool>(lists_.size());
  std::uint64_t rows_ = 0;
  std::string manifest_;
  std::string scratch_;
  std::string literal_;
  ByteBuffer csv_{2 * drain_bytes};
  ZipPipeline zip_{worker_};
  CsvRowWriter row_{*this};
  Worker worker_;  // last: its thread is gone before what it works on
};

}  // namespace rehydra::codec
