// Job: fuzz the engine that deflates rows with any bytes, in any slices.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: they come back, and the stream ends where they do.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "codec/deflate.h"
#include "codec/inflater.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

std::string packed(std::string_view bytes, std::size_t slice) {
  static codec::Deflater deflater(codec::make_row_engine());  // one for all: what it remembers must not show
  std::string made;
  deflater.begin();
  for (; !bytes.empty(); bytes.remove_prefix(std::min(slice, bytes.size()))) {
    deflater.write(bytes.substr(0, slice), made);
  }
  deflater.end(made);
  return made;
}

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void expect_comes_back(const std::string& made, std::string_view bytes) {
  const auto inflater = codec::make_inflater();
  std::string back(bytes.size() + 1, '\0');
  std::size_t size = 0;
  inflater->feed(made);
  for (std::size_t more = 0;
       inflater->step(back.data() + size, back.size() - size, more) == codec::Inflater::Step::made;) {
    size += more;
    require(size <= bytes.size());
  }
  require(std::string_view(back).substr(0, size) == bytes && inflater->used_all());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (text.empty()) {
    return 0;
  }
  const auto choice = static_cast<unsigned char>(text[0]);
  std::string bytes(text.substr(1));
  // Sometimes repeated past the window, so that what a short input says meets the borders of all that is kept.
  const std::size_t wanted = choice % 32 == 0 && !bytes.empty() ? 300'000 : 0;
  while (bytes.size() < wanted) {
    bytes += text.substr(1);
  }
  expect_comes_back(packed(bytes, bytes.size() + 1), bytes);
  expect_comes_back(packed(bytes, 1 + choice * 97U), bytes);
  return 0;
}
