// Job: fuzz the scanner of csv files; the first byte chooses the size of the pieces and of the window.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: small pieces and windows give the same records as large ones, or the same refusal.
#include <cstdlib>
#include <optional>

#include "codec/csv/csv_scanner.h"
#include "codec/csv/csv_text.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

std::optional<std::string> read(std::string_view file, std::size_t piece, std::size_t window) {
  Limits limits = fuzz::tight_limits();
  limits.text_bytes = 64U << 10;
  limits.columns = 32;
  std::string texts;
  try {
    codec::CsvScanner scanner(std::make_unique<fuzz::Source>(file, piece), limits, window);
    for (std::vector<std::string_view> fields; scanner.next(fields);) {
      texts += std::to_string(scanner.record()) + ":";
      for (const std::string_view field : fields) {
        codec::looks_like_formula(field);
        codec::looks_like_value(field);
        texts += std::string(field) + "\x1f";
      }
    }
  } catch (const Failure&) {
    return std::nullopt;
  }
  return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > (32U << 10)) {
    return 0;
  }
  const std::string_view file = fuzz::text_of(data + 1, size - 1);
  const auto whole = read(file, SIZE_MAX, 64U << 10);
  // The character between fields is chosen by the first record, so that record has to stand in the window.
  const std::size_t record = file.find_first_of("\r\n");
  const bool stands_in_window = record < data[0] && file.substr(0, record).find('"') == std::string_view::npos;
  if (stands_in_window && whole != read(file, data[0] + std::size_t{1}, data[0])) {
    std::abort();
  }
  return 0;
}
