// Job: read zip records, zip64 included.
// Callers: zip_directory.cpp.
// Promise: no arithmetic on stated numbers that could wrap; a record outside of the bytes is a damaged file.
#include "codec/zip_records.h"

#include <string>

namespace rehydra::codec::zip {
namespace {

constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t zip64_end_signature = 0x06064b50;
constexpr std::uint32_t zip64_locator_signature = 0x07064b50;
constexpr std::uint32_t directory_signature = 0x02014b50;
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t descriptor_signature = 0x08074b50;
constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t locator_bytes = 20;
constexpr std::uint64_t zip64_end_bytes = 56;
constexpr std::uint64_t directory_header_bytes = 46;
constexpr std::uint64_t local_header_bytes = 30;
constexpr std::uint64_t longest_comment = 65'535;
constexpr std::uint16_t zip64_extra = 1;
constexpr std::uint32_t max32 = 0xFFFFFFFF;
constexpr std::uint16_t max16 = 0xFFFF;

// The last record whose comment reaches exactly to the end of the file.
std::uint64_t find_end(Bytes bytes) {
  if (bytes.size() < end_bytes) {
    damaged("it is too short");
  }
  const std::uint64_t last = bytes.size() - end_bytes;
  const std::uint64_t first = last > longest_comment ? last - longest_comment : 0;
  for (std::uint64_t offset = last + 1; offset-- > first;) {
    if (bytes.u32(offset) == end_signature && bytes.u16(offset + 20) == last - offset) {
      return offset;
    }
  }
  damaged("its directory is missing or cut off, or something follows it");
}

void require_one_disk(bool one) {
  if (!one) {
    throw Failure(ErrorKind::unsupported_file, "the file is one part of a zip container in several parts",
                  "Save the workbook as a single xlsx file.");
  }
}

DirectoryEnd read_plain_end(Bytes bytes, std::uint64_t offset) {
  require_one_disk(bytes.u16(offset + 4) == 0 && bytes.u16(offset + 6) == 0 &&
                   bytes.u16(offset + 8) == bytes.u16(offset + 10));
  return {bytes.u16(offset + 10), bytes.u32(offset + 16), bytes.u32(offset + 12)};
}

DirectoryEnd read_zip64_end(Bytes bytes, std::uint64_t locator) {
  const std::uint64_t offset = bytes.u64(locator + 8);
  require_one_disk(bytes.u32(locator + 4) == 0 && bytes.u32(locator + 16) == 1);
  if (locator < zip64_end_bytes || offset > locator - zip64_end_bytes || bytes.u32(offset) != zip64_end_signature ||
      bytes.u64(offset + 4) != locator - offset - 12) {
    lying("its zip64 directory record is not where it should be");
  }
  require_one_disk(bytes.u32(offset + 16) == 0 && bytes.u32(offset + 20) == 0 &&
                   bytes.u64(offset + 24) == bytes.u64(offset + 32));
  return {bytes.u64(offset + 32), bytes.u64(offset + 48), bytes.u64(offset + 40)};
}

bool agrees(std::uint64_t plain, std::uint64_t zip64, std::uint64_t saturated) {
  return plain == saturated || plain == zip64;
}

void require_same_end(const DirectoryEnd& plain, const DirectoryEnd& zip64) {
  if (!agrees(plain.entries, zip64.entries, max16) || !agrees(plain.offset, zip64.offset, max32) ||
      !agrees(plain.bytes, zip64.bytes, max32)) {
    lying("its two directory records disagree");
  }
}

// The zip64 extra field holds only those of the numbers that are saturated in the header, in this order.
class Zip64Fields {
 public:
  Zip64Fields(Bytes bytes, std::uint64_t begin, std::uint64_t end) : bytes_(bytes) {
    while (end - begin >= 4) {
      const std::uint64_t length = bytes.u16(begin + 2);
      if (length > end - begin - 4) {
        return;  // padding that is no field: other programs write it, and no number can hide there
      }
      if (bytes.u16(begin) == zip64_extra) {
        if (found_) {
          lying("an entry has two zip64 fields");
        }
        found_ = true;
        at_ = begin + 4;
        end_ = at_ + length;
      }
      begin += 4 + length;
    }
  }

  void resolve(std::uint64_t& value) {
    if (value != max32 || !found_) {
      return;
    }
    if (end_ - at_ < 8) {
      damaged("an entry's zip64 field is too short");
    }
    value = bytes_.u64(at_);
    at_ += 8;
  }

 private:
  Bytes bytes_;
  bool found_ = false;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;
};

// Flags, method, time, date, CRC, sizes and name length stand in the same order in both headers.
Header read_common(Bytes bytes, std::uint64_t offset) {
  Header header;
  header.flags = bytes.u16(offset);
  header.method = bytes.u16(offset + 2);
  header.crc32 = bytes.u32(offset + 8);
  header.packed_bytes = bytes.u32(offset + 12);
  header.inflated_bytes = bytes.u32(offset + 16);
  return header;
}

bool same_numbers(const Header& local, const Header& directory) {
  return local.crc32 == directory.crc32 && local.packed_bytes == directory.packed_bytes &&
         local.inflated_bytes == directory.inflated_bytes;
}

// With a descriptor each number of the local header may also be left out.
bool left_out_or_same(const Header& local, const Header& directory) {
  const auto ok = [](std::uint64_t value, std::uint64_t want) { return value == 0 || value == max32 || value == want; };
  return (local.crc32 == 0 || local.crc32 == directory.crc32) && ok(local.packed_bytes, directory.packed_bytes) &&
         ok(local.inflated_bytes, directory.inflated_bytes);
}

}  // namespace

std::string_view Bytes::view(std::uint64_t offset, std::uint64_t length) const {
  if (offset > bytes_.size() || length > bytes_.size() - offset) {
    damaged("it is cut off");
  }
  return bytes_.substr(offset, length);
}

std::uint64_t Bytes::number(std::uint64_t offset, int bytes) const {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : view(offset, static_cast<std::uint64_t>(bytes))) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
  }
  return value;
}

DirectoryEnd read_directory_end(Bytes bytes) {
  std::uint64_t offset = find_end(bytes);
  DirectoryEnd end = read_plain_end(bytes, offset);
  if (offset >= locator_bytes && bytes.u32(offset - locator_bytes) == zip64_locator_signature) {
    const DirectoryEnd zip64 = read_zip64_end(bytes, offset - locator_bytes);
    require_same_end(end, zip64);
    end = zip64;
    offset = bytes.u64(offset - locator_bytes + 8);
  }
  if (end.offset > offset || end.bytes != offset - end.offset) {
    lying("its directory is not where it should be");
  }
  return end;
}

Header read_directory_header(Bytes bytes, std::uint64_t offset) {
  if (bytes.u32(offset) != directory_signature) {
    damaged("its directory is broken");
  }
  Header header = read_common(bytes, offset + 8);
  header.local_offset = bytes.u32(offset + 42);
  require_one_disk(bytes.u16(offset + 34) == 0);
  const std::uint64_t name_bytes = bytes.u16(offset + 28);
  const std::uint64_t extra = offset + directory_header_bytes + name_bytes;
  const std::uint64_t extra_end = extra + bytes.u16(offset + 30);
  header.end = extra_end + bytes.u16(offset + 32);
  header.name = bytes.view(offset + directory_header_bytes, name_bytes);
  bytes.view(offset, header.end - offset);
  Zip64Fields fields(bytes, extra, extra_end);
  fields.resolve(header.inflated_bytes);
  fields.resolve(header.packed_bytes);
  fields.resolve(header.local_offset);
  return header;
}

Header read_local_header(Bytes bytes, const Header& directory) {
  const std::uint64_t offset = directory.local_offset;
  if (bytes.u32(offset) != local_signature) {
    lying("an entry is not where its directory says");
  }
  Header header = read_common(bytes, offset + 6);
  const std::uint64_t name_bytes = bytes.u16(offset + 26);
  const std::uint64_t extra = offset + local_header_bytes + name_bytes;
  header.end = extra + bytes.u16(offset + 28);
  header.name = bytes.view(offset + local_header_bytes, name_bytes);
  bytes.view(offset, header.end - offset);
  Zip64Fields fields(bytes, extra, header.end);
  fields.resolve(header.inflated_bytes);
  fields.resolve(header.packed_bytes);
  const bool numbers =
      directory.has_descriptor() ? left_out_or_same(header, directory) : same_numbers(header, directory);
  if (header.name != directory.name || header.method != directory.method || header.flags != directory.flags ||
      !numbers) {
    lying("the two headers of an entry disagree");
  }
  return header;
}

void check_descriptor(Bytes bytes, const Header& directory, std::uint64_t offset, std::uint64_t length) {
  const bool wide = length == 20 || length == 24;
  const bool marked = length == 16 || length == 24;
  if ((!wide && length != 12 && length != 16) || (marked && bytes.u32(offset) != descriptor_signature)) {
    lying("an entry's data descriptor is missing, or something stands behind it");
  }
  const std::uint64_t at = offset + (marked ? 4 : 0);
  const std::uint64_t packed = wide ? bytes.u64(at + 4) : bytes.u32(at + 4);
  const std::uint64_t inflated = wide ? bytes.u64(at + 12) : bytes.u32(at + 8);
  if (bytes.u32(at) != directory.crc32 || packed != directory.packed_bytes || inflated != directory.inflated_bytes) {
    lying("an entry's data descriptor disagrees with its directory");
  }
}

void damaged(const char* what) {
  throw Failure(ErrorKind::bad_file, std::string("the file is no complete zip container: ") + what,
                "Upload the xlsx file as it was exported or saved.");
}

void lying(const char* what) {
  throw Failure(ErrorKind::hostile_file, std::string("the zip container contradicts itself: ") + what,
                "Open the file in a spreadsheet program and save it again.");
}

}  // namespace rehydra::codec::zip
