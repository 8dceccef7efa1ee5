// Job: fuzz the container reader and inflate with any bytes.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: only Failure may leave them, and an entry that reads well has its stated size.
#include <cstdlib>

#include "codec/zip_directory.h"
#include "fuzz_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rehydra;
  const Limits limits = fuzz::tight_limits();
  try {
    const codec::ZipDirectory directory(fuzz::text_of(data, size), limits);
    Budget budget(limits.inflated_bytes, "rehydra.max_inflated_bytes");
    for (const codec::ZipEntry& entry : directory.entries()) {
      fuzz::touch(entry.data);
      codec::EntrySource source(entry, budget, Cancel{});
      std::string window(1000, '\0');
      std::uint64_t bytes = 0;
      while (const std::size_t read = source.read(window.data(), window.size())) {
        bytes += read;
      }
      if (bytes != entry.inflated_bytes || directory.find(entry.name) != &entry) {
        std::abort();
      }
    }
  } catch (const Failure&) {
  }
  return 0;
}
