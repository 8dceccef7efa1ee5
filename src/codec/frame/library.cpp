// Job: see the header.
// Callers: the files of this folder.
// Promise: see the header.
#include "codec/frame/library.h"

#include <charconv>

#include "core/error.h"

namespace rehydra::codec::frame {
namespace {

constexpr std::size_t longest_text = 1'000;
constexpr lxw_color_t black = 0x1000000;  // the library takes 0 as "no colour"

ErrorKind kind_of(lxw_error error) {
  switch (error) {
    case LXW_ERROR_MEMORY_MALLOC_FAILED:
      return ErrorKind::out_of_memory;
    case LXW_ERROR_CREATING_XLSX_FILE:
    case LXW_ERROR_CREATING_TMPFILE:
    case LXW_ERROR_READING_TMPFILE:
    case LXW_ERROR_ZIP_FILE_OPERATION:
    case LXW_ERROR_ZIP_FILE_ADD:
    case LXW_ERROR_ZIP_CLOSE:
      return ErrorKind::io_error;
    default:
      return ErrorKind::bad_argument;
  }
}

}  // namespace

void check(lxw_error returned, const char* doing) {
  if (returned != LXW_NO_ERROR) {
    throw Failure(kind_of(returned), std::string("error while ") + doing + ": " + lxw_strerror(returned));
  }
}

std::string for_people(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (clean.size() >= longest_text && (byte & 0xC0) != 0x80) {
      return clean + "\xE2\x80\xA6";
    }
    const bool noncharacter =
        text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() && (text[i + 2] & '\xFE') == '\xBE';
    clean += byte < 0x20 && byte != '\n' ? ' ' : text[i];
    if (noncharacter) {
      clean.back() = '?';
      i += 2;
    }
  }
  return clean;
}

lxw_color_t color_of(std::string_view rrggbb) {
  lxw_color_t color = 0;
  const auto [end, error] = std::from_chars(rrggbb.data(), rrggbb.data() + rrggbb.size(), color, 16);
  if (error != std::errc() || end != rrggbb.data() + rrggbb.size() || rrggbb.size() != 6) {
    throw Failure(ErrorKind::bad_argument, "a tab colour is not six hex digits");
  }
  return color == 0 ? black : color;
}

}  // namespace rehydra::codec::frame
