// Job: fuzz the manifest's JSON; its SHA-256 is mended first, so that changed members reach their checks.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: only Failure may leave the parser, and what it accepts comes back from its own text.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "codec/digest.h"
#include "codec/manifest.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

void parse(std::string_view bytes) {
  try {
    const std::string text = codec::to_json(codec::parse_manifest(bytes));
    if (!codec::manifest_agrees(text) || codec::to_json(codec::parse_manifest(text)) != text) {
      std::abort();
    }
  } catch (const Failure&) {
  }
}

std::string mended(std::string_view bytes) {
  nlohmann::json content = nlohmann::json::parse(bytes, nullptr, false);
  if (!content.is_object()) {
    return {};
  }
  content.erase("sha256");
  try {
    content["sha256"] = codec::hex(codec::sha256(content.dump()));
    return content.dump();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  parse(bytes);
  if (size < (64U << 10)) {
    parse(mended(bytes));
  }
  return 0;
}
