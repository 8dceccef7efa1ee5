// Job: a zip file, entry after entry, made while it is read: sizes follow each entry in a classic data descriptor.
// Callers: the workbook writer. Use: begin() or begin_rows(), write()..., end() for each entry; finish(); output() and
// consume() at any time. Promise: memory is what was not consumed; no zip64 (some programs cannot read it):
// Failure(limit_exceeded) before 4 GiB; equal calls make equal bytes (all entries are dated 1980-01-01).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/deflate.h"
#include "codec/zip_directory.h"

namespace rehydra::codec {

class ZipWriter {
 public:
  ZipWriter() = default;
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void begin(std::string name);
  void begin_rows(std::string name);  // a sheet's
  void write(std::string_view bytes);
  void end();
  // An entry of another container, packed as it is there: begin_copy(), copy() its data in pieces, end_copy().
  void begin_copy(const ZipEntry& entry);
  void copy(std::string_view packed);
  void end_copy() const;
  void finish();

  std::string_view output() const noexcept { return std::string_view(out_).substr(taken_); }
  void consume(std::size_t n);

 private:
  struct Entry {
    std::string name;
    std::uint16_t flags = 0;
    ZipMethod method = ZipMethod::deflated;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;
  };

  std::uint64_t offset() const noexcept { return consumed_ + out_.size(); }
  void begin_entry(Entry entry);
  void begin_deflated(std::string name, Deflater& deflater);
  void check_entry(std::uint64_t more) const;
  void append_common(const Entry& entry);
  void append_directory_entry(const Entry& entry);

  Deflater deflater_;
  std::optional<Deflater> row_deflater_;
  Deflater* open_ = nullptr;  // the entry's
  std::vector<Entry> entries_;
  std::uint64_t data_start_ = 0;
  std::string out_;
  std::size_t taken_ = 0;       // of out_
  std::uint64_t consumed_ = 0;  // bytes that have left out_
};

}  // namespace rehydra::codec
