// Job: containers and workbooks for tests, sound ones and every kind of broken one.
// Callers: the tests of the reading half of the codec.
// Promise: each field of an entry's two headers can be made to lie on its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rehydra::test {

struct SampleEntry {
  std::string name = {};
  std::string content = {};
  bool deflate = true;
  std::uint16_t flags = 0;      // bit 3 adds a data descriptor
  bool descriptor_mark = true;  // its signature
  bool zip64 = false;           // sizes and offset in extra fields
  std::string extra = {};       // of the local header
  std::string gap = {};         // bytes behind the entry

  // Lies: replaced where not the default.
  std::string local_name = {};
  int local_method = -1;
  int local_flags = -1;
  int method = -1;                   // in both headers
  std::int64_t inflated_bytes = -1;  // in both headers
  std::int64_t local_packed_bytes = -1;
  std::int64_t crc = -1;  // in both headers
  std::int64_t descriptor_crc = -1;
  std::int64_t offset = -1;  // in the directory
};

struct SampleZip {
  std::string before = {};  // the first entry
  std::string before_directory = {};
  std::string after = {};
  std::string comment = {};
  int stated_entries = -1;
  bool zip64_end = false;
  std::uint16_t disk = 0;
};

std::string raw_deflate(std::string_view content);
std::string make_zip(const std::vector<SampleEntry>& entries, const SampleZip& zip = {});

// The parts of a workbook with one sheet "S"; strings is a whole part or empty.
std::vector<SampleEntry> workbook_parts(const std::string& sheet, const std::string& strings = {});
std::string make_workbook(const std::string& sheet, const std::string& strings = {});
SampleEntry& part(std::vector<SampleEntry>& parts, std::string_view name);

// <worksheet> around rows, <sst> around items.
std::string worksheet(const std::string& rows);
std::string string_table(const std::string& items);

constexpr std::string_view main_uri = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

}  // namespace rehydra::test
