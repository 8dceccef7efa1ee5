// Job: fuzz the shared strings with any XML.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: texts are the same from memory and from the spill.
#include <cstdlib>

#include "codec/shared_strings.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

std::string read(std::string_view part, const Limits& limits, std::size_t piece) {
  codec::SharedStrings strings(limits, fuzz::make_spill);
  fuzz::Source source(part, piece);
  try {
    strings.load(source);
  } catch (const Failure&) {
    return "refused";
  }
  std::string texts;
  codec::TextArena arena;
  for (std::uint64_t i = 0; i < strings.size(); ++i) {
    std::string_view text;
    texts += static_cast<char>('0' + static_cast<int>(strings.find(i, arena, text)));
    texts += std::string(text) + "\n";
    arena.clear();
  }
  return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits = fuzz::tight_limits();
  const std::string spilled = read(fuzz::text_of(data, size), limits, 3);
  limits.shared_string_bytes = 1 << 20;
  if (read(fuzz::text_of(data, size), limits, SIZE_MAX) != spilled) {
    std::abort();
  }
  return 0;
}
