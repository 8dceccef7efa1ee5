// Job: read the directory of a zip container strictly.
// Callers: the workbook reader.
// Promise: entries tile the file from its first byte to the directory, names are unique however a reader compares them.
#include "codec/zip_directory.h"

#include <algorithm>

#include "codec/hex.h"
#include "codec/zip_records.h"

namespace rehydra::codec {
namespace {

using zip::Bytes;
using zip::damaged;
using zip::Header;
using zip::lying;

constexpr std::size_t longest_name = 512;
constexpr std::uint16_t encryption_flags = 1 | 1 << 6 | 1 << 13;
constexpr std::uint16_t patch_flag = 1 << 5;

void refuse_other_containers(std::string_view bytes) {
  if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    throw Failure(ErrorKind::unsupported_file, "the file is encrypted with a password or in the old xls format",
                  "Open it in a spreadsheet program and save it as xlsx without a password.");
  }
  if (!bytes.starts_with("PK")) {
    throw Failure(ErrorKind::bad_file, "the file is not an xlsx workbook, a csv bundle or a json document",
                  "Import a file that rehydra_export made.");
  }
}

// One spelling for all names that some reader may take for the same part.
std::string normalised(std::string_view name) {
  std::string key;
  for (std::size_t i = name.starts_with('/') ? 1 : 0; i < name.size(); ++i) {
    char c = name[i];
    if (c == '%' && name.size() - i > 2 && hex_value(name[i + 1]) >= 0 && hex_value(name[i + 2]) >= 0) {
      c = static_cast<char>(hex_value(name[i + 1]) * 16 + hex_value(name[i + 2]));
      i += 2;
    }
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return key;
}

bool has_bad_segment(std::string_view key) {
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t slash = std::min(key.find('/', at), key.size());
    const std::string_view segment = key.substr(at, slash - at);
    if (segment.empty() || segment == "." || segment == "..") {
      return true;
    }
    at = slash + 1;
  }
  return false;
}

void check_name(std::string_view name, std::string_view key) {
  constexpr std::string_view forbidden("\0\\:", 3);
  if (name.size() > longest_name || key.empty() || name.front() == '/' ||
      key.find_first_of(forbidden) != std::string_view::npos || has_bad_segment(key)) {
    lying("an entry has a name that no workbook part can have");
  }
}

void check_method(const Header& header) {
  if ((header.flags & encryption_flags) != 0) {
    throw Failure(ErrorKind::unsupported_file, "the zip container is encrypted",
                  "Save the workbook without a password.");
  }
  if ((header.flags & patch_flag) != 0 || (header.method != 0 && header.method != 8)) {
    throw Failure(ErrorKind::unsupported_file,
                  "the zip container uses compression method " + std::to_string(header.method),
                  "Save the workbook as xlsx in a spreadsheet program, which uses deflate.");
  }
  if (header.method == 0 && header.packed_bytes != header.inflated_bytes) {
    lying("a stored entry has two sizes");
  }
}

std::vector<Header> read_headers(Bytes bytes, const zip::DirectoryEnd& end, const Limits& limits) {
  std::vector<Header> headers;
  std::uint64_t at = end.offset;
  const std::uint64_t stop = end.offset + end.bytes;
  while (at < stop) {
    if (headers.size() == limits.entries) {
      throw Failure(
          ErrorKind::limit_exceeded,
          "the file has more than the " + std::to_string(limits.entries) + " parts that rehydra.max_entries allows",
          "Raise rehydra.max_entries, or remove pictures and other extras from the workbook.");
    }
    headers.push_back(zip::read_directory_header(bytes, at));
    at = headers.back().end;
  }
  if (at != stop || headers.size() != end.entries) {
    lying("its directory holds another number of entries than it says");
  }
  return headers;
}

// Checks one entry between its local header and the next entry's (or the directory's) first byte.
ZipEntry read_entry(Bytes bytes, const Header& header, std::uint64_t next) {
  check_method(header);
  const Header local = zip::read_local_header(bytes, header);
  if (local.end > next || header.packed_bytes > next - local.end) {
    lying("two entries overlap");
  }
  const std::uint64_t data_end = local.end + header.packed_bytes;
  if (header.has_descriptor()) {
    zip::check_descriptor(bytes, header, data_end, next - data_end);
  } else if (data_end != next) {
    lying("bytes stand between its entries");
  }
  return {header.name, header.method == 0 ? ZipMethod::stored : ZipMethod::deflated, header.crc32,
          header.inflated_bytes, bytes.view(local.end, header.packed_bytes)};
}

}  // namespace

ZipDirectory::ZipDirectory(std::string_view file, const Limits& limits) {
  refuse_other_containers(file);
  const Bytes bytes(file);
  const zip::DirectoryEnd end = zip::read_directory_end(bytes);
  std::vector<Header> headers = read_headers(bytes, end, limits);
  if (headers.empty()) {
    damaged("it is empty");
  }
  std::sort(headers.begin(), headers.end(),
            [](const Header& a, const Header& b) { return a.local_offset < b.local_offset; });
  if (headers.front().local_offset != 0) {
    lying("something stands before its first entry");
  }
  for (std::size_t i = 0; i < headers.size(); ++i) {
    std::string key = normalised(headers[i].name);
    check_name(headers[i].name, key);
    entries_.push_back(
        read_entry(bytes, headers[i], i + 1 < headers.size() ? headers[i + 1].local_offset : end.offset));
    if (key.back() == '/') {
      key.pop_back();
    }
    if (!by_name_.emplace(std::move(key), i).second) {
      lying("two entries have the same name");
    }
  }
}

const ZipEntry* ZipDirectory::find(std::string_view part) const {
  const auto found = by_name_.find(normalised(part));
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

}  // namespace rehydra::codec
