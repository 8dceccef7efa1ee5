// Job: fuzz whole workbooks, from the container to the cells.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: checksums are mended first where the entries are stored, so that changed bytes reach the parsers.
#include <zlib.h>

#include "codec/workbook_reader.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

void put32(std::string& file, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    file[at + i] = static_cast<char>(value >> (8 * i));
  }
}

std::uint32_t get(const std::string& file, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(file[at + i]);
  }
  return value;
}

// Stored entries, found by their directory headers, get the checksum of what is there.
void mend_checksums(std::string& file) {
  for (std::size_t at = file.find("PK\1\2"); at != std::string::npos && at + 46 <= file.size();
       at = file.find("PK\1\2", at + 4)) {
    const std::size_t local = get(file, at + 42, 4);
    const std::size_t bytes = get(file, at + 20, 4);
    if (get(file, at + 10, 2) != 0 || local + 30 > file.size()) {
      continue;
    }
    const std::size_t data = local + 30 + get(file, local + 26, 2) + get(file, local + 28, 2);
    if (data > file.size() || bytes > file.size() - data) {
      continue;
    }
    const auto crc = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(file.data() + data), bytes));
    put32(file, at + 16, crc);
    put32(file, local + 14, crc);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string file(fuzz::text_of(data, size));
  mend_checksums(file);
  try {
    const auto reader = codec::WorkbookReader::open(file, fuzz::tight_limits(), Cancel{}, fuzz::make_spill);
    for (std::size_t sheet = 0; sheet < reader->sheets().size(); ++sheet) {
      const auto rows = reader->rows(sheet);
      for (Row row; rows->next(row);) {
        for (const Cell& cell : row.cells) {
          fuzz::touch(cell.text);
        }
      }
    }
  } catch (const Failure&) {
  }
  return 0;
}
