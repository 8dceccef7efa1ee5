// Job: the records of a zip file around deflated entries.
// Callers: the workbook writer.
// Promise: see the header; every size is checked before its record is written.
#include "codec/zip_writer.h"

#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::uint64_t largest = 0xFFFF'FFFEU;  // 0xFFFFFFFF means zip64
constexpr std::size_t most_entries = 0xFFFEU;
constexpr std::uint16_t version_needed = 20;
constexpr std::uint16_t made_by = 20;
constexpr std::uint16_t utf8_name = 0x0800;
constexpr std::uint16_t sizes_follow = 0x0008;
constexpr std::uint16_t midnight = 0;
constexpr std::uint16_t first_of_1980 = 0x0021;

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8);
}

void put32(std::string& out, std::uint64_t value) {
  put16(out, static_cast<std::uint16_t>(value & 0xFFFF));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}

[[noreturn]] void too_large(const std::string& what) {
  throw Failure(ErrorKind::limit_exceeded, what, "Export fewer data sets or rows at a time.");
}

}  // namespace

void ZipWriter::check_entry(std::uint64_t more) const {
  if (entries_.back().size + more > largest) {
    too_large("part \"" + entries_.back().name + "\" would pass 4 GiB");
  }
  if (offset() > largest) {
    too_large("the workbook would pass 4 GiB");
  }
}

// What local header and directory entry share; where the sizes follow, they and the CRC are known in the directory
// only.
void ZipWriter::append_common(const Entry& entry) {
  put16(out_, version_needed);
  put16(out_, entry.flags);
  put16(out_, entry.method == ZipMethod::deflated ? 8 : 0);
  put16(out_, midnight);
  put16(out_, first_of_1980);
  put32(out_, entry.crc);
  put32(out_, entry.packed);
  put32(out_, entry.size);
  put16(out_, static_cast<std::uint16_t>(entry.name.size()));
  put16(out_, 0);  // extra field
}

void ZipWriter::begin_entry(Entry entry) {
  if (entries_.size() >= most_entries) {
    too_large("the workbook would have more than 65,534 parts");
  }
  entry.offset = offset();
  entries_.push_back(std::move(entry));
  check_entry(0);
  out_ += "PK\x03\x04";
  append_common(entries_.back());
  out_ += entries_.back().name;
  data_start_ = offset();
}

void ZipWriter::begin(std::string name) {
  begin_deflated(std::move(name), deflater_);
}

void ZipWriter::begin_rows(std::string name) {
  if (!row_deflater_) {
    row_deflater_.emplace(make_row_engine());
  }
  begin_deflated(std::move(name), *row_deflater_);
}

void ZipWriter::begin_deflated(std::string name, Deflater& deflater) {
  begin_entry({std::move(name), utf8_name | sizes_follow, ZipMethod::deflated, 0, 0, 0, 0});
  open_ = &deflater;
  open_->begin();
}

void ZipWriter::write(std::string_view bytes) {
  check_entry(bytes.size());
  open_->write(bytes, out_);
  entries_.back().size += bytes.size();
}

void ZipWriter::end() {
  open_->end(out_);
  check_entry(0);
  Entry& entry = entries_.back();
  entry.crc = open_->crc();
  entry.packed = offset() - data_start_;
  out_ += "PK\x07\x08";
  put32(out_, entry.crc);
  put32(out_, entry.packed);
  put32(out_, entry.size);
}

void ZipWriter::begin_copy(const ZipEntry& entry) {
  begin_entry(
      {std::string(entry.name), utf8_name, entry.method, entry.crc32, entry.data.size(), entry.inflated_bytes, 0});
}

void ZipWriter::copy(std::string_view packed) {
  out_ += packed;
  check_entry(0);
}

void ZipWriter::end_copy() const {
  if (offset() - data_start_ != entries_.back().packed) {
    throw Failure(ErrorKind::internal, "a part was not copied in full");
  }
}

void ZipWriter::append_directory_entry(const Entry& entry) {
  out_ += "PK\x01\x02";
  put16(out_, made_by);
  append_common(entry);
  put16(out_, 0);  // comment
  put16(out_, 0);  // disk
  put16(out_, 0);  // internal attributes
  put32(out_, 0);  // external attributes
  put32(out_, entry.offset);
  out_ += entry.name;
}

void ZipWriter::finish() {
  const std::uint64_t start = offset();
  for (const Entry& entry : entries_) {
    append_directory_entry(entry);
  }
  const std::uint64_t bytes = offset() - start;
  if (offset() > largest) {
    too_large("the workbook would pass 4 GiB");
  }
  const auto count = static_cast<std::uint16_t>(entries_.size());
  out_ += "PK\x05\x06";
  put32(out_, 0);  // disks
  put16(out_, count);
  put16(out_, count);
  put32(out_, bytes);
  put32(out_, start);
  put16(out_, 0);  // comment
}

void ZipWriter::consume(std::size_t n) {
  taken_ += n;
  // Moved rarely, so that taking small chunks of a long output stays linear.
  if (taken_ == out_.size() || taken_ > out_.size() / 2) {
    consumed_ += taken_;
    out_.erase(0, taken_);
    taken_ = 0;
  }
}

}  // namespace rehydra::codec
