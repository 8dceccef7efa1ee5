// Job: fuzz whole files by their parts: the mutator takes the container apart, changes one part, and packs it again.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: sizes and checksums are right again, so that every change reaches the reader of its part: content types,
// relations, workbook, shared strings, sheets, manifest.
#include "../unit/sample_zip.h"
#include "codec/inflate.h"
#include "codec/workbook_contents.h"
#include "codec/workbook_reader.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

template <typename Action>
void attempt(Action action) {
  try {
    action();
  } catch (const Failure&) {
  }
}

void read_rows(codec::WorkbookReader& reader, std::size_t sheet) {
  const auto rows = reader.rows(sheet);
  for (Row row; rows->next(row);) {
    for (const Cell& cell : row.cells) {
      fuzz::touch(cell.text);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file = fuzz::text_of(data, size);
  attempt([&] {
    const auto reader = codec::WorkbookReader::open(file, fuzz::tight_limits(), Cancel{}, fuzz::make_spill);
    for (std::size_t sheet = 0; sheet < reader->sheets().size(); ++sheet) {
      attempt([&] { read_rows(*reader, sheet); });
    }
    attempt([&] { (void)codec::parse_manifest(codec::manifest_text(*reader)); });
    attempt([&] { (void)codec::read_metadata(*reader); });
    attempt([&] { (void)codec::read_long_texts(*reader, fuzz::make_spill); });
  });
  return 0;
}

#ifdef REHYDRA_LIBFUZZER

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

// Empty where the bytes are no container.
std::vector<test::SampleEntry> parts_of(std::string_view file) {
  std::vector<test::SampleEntry> parts;
  attempt([&] {
    const Limits limits = fuzz::tight_limits();
    const codec::ZipDirectory directory(file, limits);
    Budget budget(limits.inflated_bytes, "rehydra.max_inflated_bytes");
    for (const codec::ZipEntry& entry : directory.entries()) {
      test::SampleEntry part;
      part.name = entry.name;
      part.deflate = false;
      codec::EntrySource source(entry, budget, Cancel{});
      char window[4096];
      while (const std::size_t read = source.read(window, sizeof window)) {
        part.content.append(window, read);
      }
      parts.push_back(std::move(part));
    }
  });
  return parts;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  std::vector<test::SampleEntry> parts = parts_of(fuzz::text_of(data, size));
  if (parts.empty()) {
    return LLVMFuzzerMutate(data, size, most);
  }
  std::string& content = parts[seed % parts.size()].content;
  const std::size_t before = content.size();
  content.resize(before + 64);
  content.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(content.data()), before, content.size()));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].deflate = (seed >> (8 + i % 16) & 7U) == 0;
  }
  const std::string packed = test::make_zip(parts);
  if (packed.size() > most) {
    return size;
  }
  packed.copy(reinterpret_cast<char*>(data), packed.size());
  return packed.size();
}

#endif
