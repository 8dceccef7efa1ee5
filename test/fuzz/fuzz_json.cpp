// Job: fuzz the reader of json documents with any bytes; and, inside of a sound document, with any list of rows.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: what the cursor takes, nlohmann/json takes as well; cells have columns that the header has.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "codec/cell_reader.h"
#include "codec/json/json_cursor.h"
#include "codec/json/json_reader.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

Limits json_limits() {
  Limits limits = fuzz::tight_limits();
  limits.json_depth = 16;
  limits.text_bytes = 4'096;
  limits.columns = 16;
  return limits;
}

// Around rows: a manifest that agrees with itself.
std::string document(std::string_view rows) {
  codec::Manifest manifest;
  codec::ManifestSheet sheet;
  sheet.titles = {"t"};
  sheet.columns = {{"a", "a", "text", "data"}};
  manifest.datasets.push_back({"t", {sheet}, 0, std::string(64, 'a')});
  static const std::string head = "{\"rehydra\":" + codec::head_json(manifest) + ",\"datasets\":{\"t\":";
  static const std::string tail = "},\"seal\":" + codec::seal_json(manifest) + "}";
  return head + std::string(rows) + tail;
}

void read(std::string_view bytes) {
  const codec::DescribedFile file = codec::open_json(bytes, json_limits(), Cancel{});
  std::string scratch;
  for (std::size_t list = 0; list < file.reader->sheets().size(); ++list) {
    const auto rows = file.reader->rows(list);
    std::size_t width = 0;
    for (Row row; rows->next(row);) {
      width = width == 0 ? row.cells.size() : width;
      for (const Cell& cell : row.cells) {
        if (cell.column == 0 || cell.column > width) {
          std::abort();
        }
        fuzz::touch(cell.text);
        codec::read_integer(cell);
        fuzz::touch(codec::read_decimal(cell, scratch).value_or(""));
      }
    }
  }
}

// A number that no double holds is sound JSON, which the library tells from broken JSON by the kind of its exception.
bool is_sound(std::string_view bytes) {
  try {
    return !nlohmann::json::parse(bytes).is_discarded();
  } catch (const nlohmann::json::out_of_range&) {
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

void compare(std::string_view bytes) {
  const Limits limits = json_limits();
  codec::JsonCursor cursor(bytes, limits);
  try {
    cursor.skip_value();
    if (!cursor.ended()) {
      return;
    }
  } catch (const Failure&) {
    return;
  }
  if (!is_sound(bytes)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  compare(bytes);
  for (const std::string& whole : {std::string(bytes), document(bytes)}) {
    try {
      read(whole);
    } catch (const Failure&) {
    }
  }
  return 0;
}
