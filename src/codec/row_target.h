// Job: what a RowWriter writes into: a sheet's columns as ready XML, the buffer, the place for long texts.
// Callers: the workbook writer owns one for the open sheet; RowWriter fills it.
// Promise: constant strings are padded to fixed sizes, so that the hot path copies whole registers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/byte_buffer.h"
#include "codec/long_texts.h"
#include "core/column_class.h"

namespace rehydra::codec {

// Style numbers of the workbook: for native values, and for values that had to become text.
struct CellStyles {
  std::int32_t native = 0;  // 0 = general, not written
  std::int32_t text = 0;
};

template <std::size_t Size>
struct Padded {
  std::array<char, Size> bytes{};
  std::size_t size = 0;

  explicit Padded(std::string_view text);
  char* copy(char* to) const noexcept {
    std::memcpy(to, bytes.data(), Size);
    return to + size;
  }
};

// The constant XML of a column's cells around row number and value.
struct CellTemplate {
  CellTemplate(std::uint32_t column, const ColumnType& type, const CellStyles& styles);

  ColumnClass kind;
  bool fixed_scale;
  Padded<16> start;    // <c r="AB
  Padded<32> number;   // " s="3"><v>
  Padded<32> boolean;  // " s="3" t="b"><v>
  Padded<64> text;     // " s="3" t="inlineStr"><is><t xml:space="preserve">
};

struct RowTarget {
  virtual ~RowTarget() = default;
  virtual void drain() = 0;  // called between rows once xml is larger than drain_bytes; empties it

  static constexpr std::size_t drain_bytes = 128U << 10;

  std::vector<CellTemplate> columns;
  ByteBuffer xml{2 * drain_bytes};
  LongTexts* long_texts = nullptr;
  bool lines = false;     // '' is a blank line, not a value
  std::uint32_t row = 0;  // number of the last row begun
  Padded<16> row_digits{""};
  std::string scratch;
};

}  // namespace rehydra::codec
