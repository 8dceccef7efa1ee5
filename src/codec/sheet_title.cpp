// Job: make a sheet title that every spreadsheet program accepts out of any name.
// Callers: the exporter, a call a sheet; the same wanted title again gives "Title (2)", "Title (3)", ...
// Promise: at most 31 UTF-16 units, none of []:*?/\, no quote at an end, no reserved start, unique whatever the case.
#include <algorithm>
#include <array>

#include "codec/overflow.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t longest = 31;
constexpr std::array<std::string_view, 2> reserved = {"overview", "history"};  // our first sheet; a name Excel refuses

// Two bytes of UTF-8: capital letters of Latin-1, Greek and Cyrillic whose small ones stand at a fixed distance.
unsigned small_letter(unsigned code) {
  const bool latin = code >= 0xC0 && code <= 0xDE && code != 0xD7;
  const bool greek = code >= 0x391 && code <= 0x3A9;
  const bool cyrillic = code >= 0x410 && code <= 0x42F;
  if (latin || greek || cyrillic) {
    return code + 0x20;
  }
  return code >= 0x400 && code <= 0x40F ? code + 0x50 : code;
}

std::string folded(std::string_view title) {
  std::string out;
  for (std::size_t i = 0; i < title.size(); ++i) {
    const auto byte = static_cast<unsigned char>(title[i]);
    if (byte >= 'A' && byte <= 'Z') {
      out += static_cast<char>(byte + 0x20);
    } else if ((byte & 0xE0) == 0xC0 && i + 1 < title.size()) {
      const unsigned code = small_letter((byte & 0x1FU) << 6 | (static_cast<unsigned char>(title[++i]) & 0x3FU));
      out += static_cast<char>(0xC0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out += title[i];
    }
  }
  return out;
}

std::string_view cut(std::string_view text, std::size_t units) {
  while (utf16_units(text) > units) {
    std::size_t end = text.size() - 1;
    while (end > 0 && (text[end] & '\xC0') == '\x80') {
      --end;
    }
    text = text.substr(0, end);
  }
  return text;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" '_");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" '") + 1 - first);
}

std::string clean(std::string_view wanted) {
  std::string text;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto byte = static_cast<unsigned char>(wanted[i]);
    const bool refused =
        byte < 0x20 || byte == 0x7F || std::string_view("[]:*?/\\").find(wanted[i]) != std::string_view::npos;
    const bool noncharacter =
        wanted.substr(i, 2) == "\xEF\xBF" && i + 2 < wanted.size() && (wanted[i + 2] & '\xFE') == '\xBE';
    text += refused || noncharacter ? ' ' : wanted[i];
    i += noncharacter ? 2 : 0;
  }
  const std::string_view trimmed = trim(text);
  return trimmed.empty() ? "Sheet" : std::string(trimmed);
}

bool is_taken(const std::string& title, const std::vector<std::string>& taken) {
  const std::string fold = folded(title);
  return std::find(reserved.begin(), reserved.end(), fold) != reserved.end() ||
         std::any_of(taken.begin(), taken.end(), [&](const std::string& other) { return folded(other) == fold; });
}

}  // namespace

std::string sheet_title(std::string_view wanted, std::vector<std::string>& taken) {
  const std::string base = clean(wanted);
  std::string title(trim(cut(base, longest)));
  for (int n = 2; is_taken(title, taken); ++n) {
    const std::string suffix = " (" + std::to_string(n) + ")";
    title = std::string(trim(cut(base, longest - suffix.size()))) + suffix;
  }
  taken.push_back(title);
  return title;
}

}  // namespace rehydra::codec
