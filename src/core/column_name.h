// Job: turn a column's number into its letters and back (1 = A, 27 = AA, 16384 = XFD).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra {

constexpr std::uint32_t max_sheet_rows = 1'048'576;
constexpr std::uint32_t max_sheet_columns = 16'384;

inline std::string column_name(std::uint32_t column) {
  std::string letters;
  for (; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters;
}

}  // namespace rehydra
