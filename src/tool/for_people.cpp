#include "tool/for_people.h"

#include "core/shown_text.h"

namespace rehydra::tool {
namespace {

// The second byte of U+0080 to U+009F, which some terminals obey.
bool is_c1(std::string_view text, std::size_t at) {
  return text[at] == '\xC2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

void append_escape(std::string& out, unsigned byte) {
  constexpr char digits[] = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

void append_line(std::string& text, std::string_view indent, std::string_view label, const std::string& content) {
  if (!content.empty()) {
    text.append("\n").append(indent).append("  ").append(label).append(for_people(content));
  }
}

}  // namespace

std::string for_people(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) {
      append_escape(clean, byte);
    } else if (is_c1(text, i)) {
      append_escape(clean, static_cast<unsigned char>(text[++i]));
    } else {
      clean += text[i];
    }
  }
  return clean;
}

std::string place_of(const Location& where) {
  if (where.sheet.empty()) {
    return {};
  }
  std::string place = container_name(where.container, where.sheet);
  if (const std::string inside = place_name(where); !inside.empty()) {
    place += ", " + inside;
  }
  return where.header.empty() ? place : place + ", column \"" + where.header + "\"";
}

std::string error_text(const Error& error, std::string_view indent) {
  const std::string place = place_of(error.where);
  std::string text = for_people(place.empty() ? error.message : place + ": " + error.message);
  append_line(text, indent, "", error.detail);
  append_line(text, indent, "what to do: ", error.hint);
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return with_thousands(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace rehydra::tool
