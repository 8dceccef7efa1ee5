// Job: what the frame's files share about libxlsxwriter: its return codes as Failure, text that it can carry, colours.
// Callers: the files of this folder.
// Promise: no return code is lost; no text given to the library makes a broken part.
#pragma once

#include <xlsxwriter.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace rehydra::codec::frame {

// A workbook is drawn before its rows, and once more after them for what depends on their number.
enum class Moment : std::uint8_t { before_rows, after_rows };

void check(lxw_error returned, const char* doing);

// The library's only sign of failure where it returns pointers is NULL.
template <typename T>
T* require(T* made) {
  if (made == nullptr) {
    check(LXW_ERROR_MEMORY_MALLOC_FAILED, "drawing the workbook");
  }
  return made;
}

// Text for people in places that escape little (properties, comments, the overview): controls become spaces, and it is
// cut.
std::string for_people(std::string_view text);

// "RRGGBB"; Failure(bad_argument) for anything else.
lxw_color_t color_of(std::string_view rrggbb);

}  // namespace rehydra::codec::frame
