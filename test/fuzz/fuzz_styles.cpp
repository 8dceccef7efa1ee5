// Job: fuzz the styles of a workbook, as marks add theirs to them.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: only Failure may leave it; a marked style is another than its cleared one; what comes out is read again.
#include <cstdlib>

#include "codec/marks/styles.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

std::string marked(std::string part, const Limits& limits) {
  codec::Styles styles(std::move(part), limits);
  for (const std::uint32_t style : {0U, 1U, 7U, 4'000'000'000U}) {
    const std::uint32_t number = styles.marked(style);
    const std::uint32_t cleared = styles.cleared(number);
    // The style itself, where it had a mark, or a new one behind the list's.
    const bool was_marked = number < styles.header() && cleared != number;
    if (styles.marked(style) != number || (number <= styles.link() && !was_marked)) {
      std::abort();
    }
  }
  return styles.part();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits = fuzz::tight_limits();
  std::string once;
  try {
    once = marked(std::string(fuzz::text_of(data, size)), limits);
  } catch (const Failure&) {
    return 0;
  }
  try {
    (void)marked(once, limits);
  } catch (const Failure& failure) {
    if (failure.error().kind != ErrorKind::limit_exceeded) {
      std::abort();
    }
  }
  return 0;
}
