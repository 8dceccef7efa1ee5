// Job: fuzz the sheet reader with any XML; the first byte chooses the size of the pieces.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: rows and cells ascend, and small pieces give the same as one large one.
#include <cstdlib>
#include <optional>

#include "codec/cell_reader.h"
#include "codec/sheet_reader.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

void check(const Row& row, std::uint32_t& last_row) {
  if (row.number <= last_row || row.cells.empty()) {
    std::abort();
  }
  last_row = row.number;
  std::uint32_t last_column = 0;
  for (const Cell& cell : row.cells) {
    if (cell.column <= last_column) {
      std::abort();
    }
    last_column = cell.column;
  }
}

void interpret(const Cell& cell) {
  std::string scratch;
  std::int32_t days;
  std::int64_t micros;
  codec::read_integer(cell);
  codec::read_boolean(cell);
  codec::read_date(cell, false, days);
  codec::read_timestamp(cell, true, micros);
  fuzz::touch(codec::read_decimal(cell, scratch).value_or(""));
  fuzz::touch(codec::read_text(cell, scratch).value_or(""));
  fuzz::touch(codec::read_base64(cell, scratch).value_or(""));
}

// All cells as text; nothing where the sheet is refused.
std::optional<std::string> read(std::string_view part, std::size_t piece, std::size_t window) {
  const Limits limits = fuzz::tight_limits();
  codec::SharedStrings strings(limits, fuzz::make_spill);
  strings.add("shared", false);
  strings.add(std::string(250, 'x'), false);
  strings.add("spilled", false);
  strings.add("", true);
  std::string texts;
  try {
    codec::SheetReader reader(std::make_unique<fuzz::Source>(part, piece), "S", limits, strings, window);
    std::uint32_t last_row = 0;
    for (Row row; reader.next(row);) {
      check(row, last_row);
      for (const Cell& cell : row.cells) {
        interpret(cell);
        texts += std::to_string(row.number) + "," + std::to_string(cell.column) + "," +
                 static_cast<char>('0' + static_cast<int>(cell.kind)) + (cell.formula ? "F" : "") +
                 std::string(cell.text) + "\n";
      }
    }
  } catch (const Failure&) {
    return std::nullopt;
  }
  return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view part = fuzz::text_of(data + 1, size - 1);
  const auto whole = read(part, SIZE_MAX, codec::XmlTokenizer::default_window);
  const auto pieces = read(part, data[0] + std::size_t{1}, 0);
  // The limit of a row's bytes depends on what stays in the window; everything else does not.
  if (whole && pieces && whole != pieces) {
    std::abort();
  }
  return 0;
}
