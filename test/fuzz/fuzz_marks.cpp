// Job: fuzz what is given back with its errors: the input as a file of any format, and as the sheet of a workbook.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: only Failure may leave it, and it comes to an end.
#include "../unit/sample_zip.h"
#include "codec/marks/marked_file.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

codec::FileErrors errors() {
  codec::FileErrors found;
  found.kept = {{"S", 1, 1, "Name", "x", "is <wrong>", "Mend it & send it."},
                {"S", 2, 3, "Other", "\xC3\xA9", "is wrong too", ""},
                {"S", 2, 0, "", "", "the row is wrong", ""},
                {"S", 70'000, 16'384, "Far", "", "far away", ""},
                {"S", 0, 0, "", "", "the sheet is wrong", ""},
                {"Other", 3, 1, "Name", "", "on a sheet that is not there", ""},
                {"", 0, 0, "", "", "the file is wrong", ""}};
  found.count = 10;
  return found;
}

void mark(std::string_view file) {
  try {
    const codec::FileErrors found = errors();
    const auto marked = codec::mark_file(file, found, fuzz::tight_limits(), Cancel{}, fuzz::make_spill);
    for (std::string chunk; marked->next(chunk);) {
      fuzz::touch(chunk);
    }
  } catch (const Failure&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  mark(text);
  mark(test::make_workbook(std::string(text)));
  return 0;
}
