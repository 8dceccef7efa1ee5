// Job: the two sides of the codec bench: our codec, and the libraries that it is held against.
// Callers: bench/codec/bench.cpp. Promise: both write the same cells, and both readers return the same sum, so that
// neither can leave work out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

// Write a workbook of that many rows; the file's size.
std::uint64_t write_ours(const std::string& path, std::uint64_t rows);
std::uint64_t write_ours_with_worker(const std::string& path, std::uint64_t rows);
std::uint64_t write_libxlsxwriter(const std::string& path, std::uint64_t rows);

// Read every cell of the sheet with the rows, but its headers: cells, and bytes of their texts. Ours has the file in
// memory, as the server has; the library reads it from the disk's cache, and is told which part the sheet is.
std::uint64_t read_ours(std::string_view workbook);
std::uint64_t read_libxml2(const std::string& path, const char* part);
constexpr std::uint64_t sum_of(std::uint64_t cells, std::uint64_t bytes) {
  return cells << 40 | bytes;
}

// The steps of ours alone: cells to XML; XML to a sheet's rows; inflating the sheet. Their result is bytes of XML.
std::uint64_t encode_alone(std::uint64_t rows);
std::uint64_t scan_alone(std::string_view xml);
std::uint64_t inflate_alone(std::string_view workbook);

std::string content_of(const std::string& path);
std::string sheet_of(std::string_view workbook);  // the XML of the sheet with the rows

}  // namespace bench
