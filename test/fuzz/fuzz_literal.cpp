// Job: fuzz the reader of JSON and Python's notation of it with any text.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: what it takes becomes JSON that nlohmann/json takes, and is the same value; every beginning of it is a cut
// one or another value.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "codec/python_literal.h"
#include "codec/utf.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

Limits literal_limits() {
  Limits limits = fuzz::tight_limits();
  limits.json_depth = 16;
  limits.text_bytes = 4'096;
  return limits;
}

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

// Texts of cells are valid UTF-8; a number that no double holds is sound JSON.
void check_json(const std::string& json) {
  try {
    require(!nlohmann::json::parse(json).is_discarded());
  } catch (const nlohmann::json::out_of_range&) {
  }
}

void read(std::string_view text) {
  const Limits limits = literal_limits();
  std::string json;
  try {
    json = codec::json_of_literal(text, limits);
  } catch (const Failure&) {
    return;
  }
  check_json(json);
  const std::string value = codec::comparable_literal(text, limits);
  check_json(value);
  Limits wider = limits;  // JSON writes a character in up to six
  wider.text_bytes *= 6;
  require(codec::comparable_literal(value, wider) == value);
  require(!codec::is_cut_literal(text, json, wider));
  (void)codec::is_cut_literal(text.substr(0, text.size() / 2), text, limits);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (codec::is_utf8(text)) {
    read(text);
  }
  return 0;
}
