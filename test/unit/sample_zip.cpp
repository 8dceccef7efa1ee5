// Job: build the containers of sample_zip.h.
// Callers: unit tests.
// Promise: what is not asked to lie is right.
#include "sample_zip.h"

#include <zlib.h>

#include <stdexcept>

namespace rehydra::test {
namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string made;
  for (int i = 0; i < bytes; ++i) {
    made += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  return made;
}

struct Written {
  std::string packed;
  std::uint64_t offset = 0;
  std::uint64_t crc = 0;
  std::uint64_t inflated = 0;
  std::uint16_t method = 0;
};

template <typename Value>
std::uint64_t lie_or(Value lie, std::uint64_t truth) {
  return lie < 0 ? truth : static_cast<std::uint64_t>(lie);
}

std::string zip64_field(const SampleEntry& entry, const Written& written, bool with_offset) {
  if (!entry.zip64) {
    return {};
  }
  std::string body = number(written.inflated, 8) + number(written.packed.size(), 8);
  body += with_offset ? number(written.offset, 8) : std::string();
  return number(1, 2) + number(body.size(), 2) + body;
}

std::string local_header(const SampleEntry& entry, const Written& written) {
  const bool left_out = (entry.flags & 8) != 0;
  const std::string name = entry.local_name.empty() ? entry.name : entry.local_name;
  const std::string extra = zip64_field(entry, written, false) + entry.extra;
  const std::uint64_t packed = entry.zip64 ? 0xFFFFFFFF : left_out ? 0 : written.packed.size();
  const std::uint64_t inflated = entry.zip64 ? 0xFFFFFFFF : left_out ? 0 : written.inflated;
  return "PK\3\4" + number(20, 2) + number(lie_or(entry.local_flags, entry.flags), 2) +
         number(lie_or(entry.local_method, written.method), 2) + number(0, 4) + number(left_out ? 0 : written.crc, 4) +
         number(lie_or(entry.local_packed_bytes, packed), 4) + number(inflated, 4) + number(name.size(), 2) +
         number(extra.size(), 2) + name + extra;
}

std::string descriptor(const SampleEntry& entry, const Written& written) {
  if ((entry.flags & 8) == 0) {
    return {};
  }
  const int width = entry.zip64 ? 8 : 4;
  return (entry.descriptor_mark ? std::string("PK\7\10") : std::string()) +
         number(lie_or(entry.descriptor_crc, written.crc), 4) + number(written.packed.size(), width) +
         number(written.inflated, width);
}

std::string directory_header(const SampleEntry& entry, const Written& written) {
  const std::string extra = zip64_field(entry, written, true);
  const std::uint64_t packed = entry.zip64 ? 0xFFFFFFFF : written.packed.size();
  const std::uint64_t inflated = entry.zip64 ? 0xFFFFFFFF : written.inflated;
  const std::uint64_t offset = entry.zip64 ? 0xFFFFFFFF : lie_or(entry.offset, written.offset);
  return "PK\1\2" + number(20, 2) + number(20, 2) + number(entry.flags, 2) + number(written.method, 2) + number(0, 4) +
         number(written.crc, 4) + number(packed, 4) + number(inflated, 4) + number(entry.name.size(), 2) +
         number(extra.size(), 2) + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(offset, 4) +
         entry.name + extra;
}

std::string zip64_end(std::uint64_t entries, std::uint64_t bytes, std::uint64_t offset) {
  return "PK\6\6" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4) + number(0, 4) + number(entries, 8) +
         number(entries, 8) + number(bytes, 8) + number(offset, 8) + "PK\6\7" + number(0, 4) +
         number(offset + bytes, 8) + number(1, 4);
}

}  // namespace

std::string raw_deflate(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string make_zip(const std::vector<SampleEntry>& entries, const SampleZip& zip) {
  std::string file = zip.before;
  std::string directory;
  for (const SampleEntry& entry : entries) {
    Written written;
    written.packed = entry.deflate ? raw_deflate(entry.content) : entry.content;
    written.offset = file.size();
    written.crc =
        lie_or(entry.crc, crc32_z(0, reinterpret_cast<const Bytef*>(entry.content.data()), entry.content.size()));
    written.inflated = lie_or(entry.inflated_bytes, entry.content.size());
    written.method = static_cast<std::uint16_t>(lie_or(entry.method, entry.deflate ? 8 : 0));
    file += local_header(entry, written) + written.packed + descriptor(entry, written) + entry.gap;
    directory += directory_header(entry, written);
  }
  file += zip.before_directory;
  const std::uint64_t offset = file.size();
  const std::uint64_t count = lie_or(zip.stated_entries, entries.size());
  file += directory + (zip.zip64_end ? zip64_end(count, directory.size(), offset) : std::string());
  const bool saturated = zip.zip64_end;
  file += "PK\5\6" + number(zip.disk, 2) + number(zip.disk, 2) + number(saturated ? 0xFFFF : count, 2) +
          number(saturated ? 0xFFFF : count, 2) + number(saturated ? 0xFFFFFFFF : directory.size(), 4) +
          number(saturated ? 0xFFFFFFFF : offset, 4) + number(zip.comment.size(), 2) + zip.comment;
  return file + zip.after;
}

std::vector<SampleEntry> workbook_parts(const std::string& sheet, const std::string& strings) {
  const std::string package = "http://schemas.openxmlformats.org/package/2006/";
  const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  std::vector<SampleEntry> parts;
  parts.push_back(
      {.name = "[Content_Types].xml",
       .content = "<Types xmlns=\"" + package +
                  "content-types\"><Default Extension=\"rels\" ContentType=\"application/"
                  "vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" "
                  "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
                  "</Types>"});
  parts.push_back({.name = "_rels/.rels",
                   .content = "<Relationships xmlns=\"" + package +
                              "relationships\"><Relationship Id=\"rId1\" Type=\"" + office +
                              "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"});
  parts.push_back({.name = "xl/workbook.xml",
                   .content = "<workbook xmlns=\"" + std::string(main_uri) + "\" xmlns:r=\"" + office +
                              "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"});
  const std::string string_relation = strings.empty() ? ""
                                                      : "<Relationship Id=\"rId2\" Type=\"" + office +
                                                            "/sharedStrings\" Target=\"sharedStrings.xml\"/>";
  parts.push_back(
      {.name = "xl/_rels/workbook.xml.rels",
       .content = "<Relationships xmlns=\"" + package + "relationships\"><Relationship Id=\"rId1\" Type=\"" + office +
                  "/worksheet\" Target=\"worksheets/sheet1.xml\"/>" + string_relation + "</Relationships>"});
  parts.push_back({.name = "xl/worksheets/sheet1.xml", .content = sheet});
  if (!strings.empty()) {
    parts.push_back({.name = "xl/sharedStrings.xml", .content = strings});
  }
  return parts;
}

std::string make_workbook(const std::string& sheet, const std::string& strings) {
  return make_zip(workbook_parts(sheet, strings));
}

SampleEntry& part(std::vector<SampleEntry>& parts, std::string_view name) {
  for (SampleEntry& entry : parts) {
    if (entry.name == name) {
      return entry;
    }
  }
  throw std::runtime_error("no such part");
}

std::string worksheet(const std::string& rows) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"" + std::string(main_uri) + "\"><sheetData>" +
         rows + "</sheetData></worksheet>";
}

std::string string_table(const std::string& items) {
  return "<sst xmlns=\"" + std::string(main_uri) + "\">" + items + "</sst>";
}

}  // namespace rehydra::test
