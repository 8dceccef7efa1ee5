// Job: the table of limits that a file has to keep to, with their defaults.
// Each is a setting rehydra.max_* on the server side; an error that one raises names it.
#pragma once

#include <cstdint>

namespace rehydra {

struct Limits {
  std::uint64_t input_bytes = 512ULL << 20;
  std::uint64_t inflated_bytes = 8ULL << 30;    // all parts together
  std::uint64_t held_part_bytes = 16ULL << 20;  // workbook, styles, relations, each
  std::uint64_t shared_string_bytes = 256ULL << 20;
  std::uint32_t entries = 65'535;
  std::uint32_t sheets = 4'096;
  std::uint32_t columns = 16'384;
  std::uint32_t xml_depth = 32;
  std::uint32_t xml_attributes = 64;
  std::uint32_t json_depth = 32;
  std::uint64_t text_bytes = 256ULL << 20;  // one value of a json document, one row of a csv file
  std::uint32_t cell_units = 32'767;        // UTF-16 units of one cell
  std::uint32_t errors = 1'000;             // kept; all are counted
  std::uint32_t held_part_ratio = 1'000;    // inflated : deflated, past 1 MiB
};

}  // namespace rehydra
