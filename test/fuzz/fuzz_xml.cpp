// Job: fuzz the XML tokenizer against libxml2.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: what ours accepts libxml2 accepts with the same events, and small pieces give the same as one large one.
#include <cstdlib>

#include "../unit/xml_events.h"
#include "fuzz_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rehydra;
  const std::string document(fuzz::text_of(data, size));
  const auto ours = test::events_by_tokenizer(document);
  if (ours && (ours != test::events_by_libxml2(document) || ours != test::events_by_tokenizer(document, 1))) {
    std::abort();
  }
  return 0;
}
