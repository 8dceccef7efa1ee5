// Job: names and references of XML.
// Callers: the tokenizer.
// Promise: only XML's own five entities exist.
#include "codec/xml_syntax.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "codec/utf.h"
#include "core/error.h"

namespace rehydra::codec::xml {
namespace {

constexpr std::size_t longest_name = 1024;

bool is_name_start(char c) noexcept {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// Beyond ASCII, as XML 1.0 (fifth edition) has them: what may start a name, and what may only follow.
constexpr Range name_starts[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                 {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                 {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
constexpr Range name_parts[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t code) noexcept {
  return std::any_of(ranges, ranges + N,
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

// Takes a character from the front of text that is known to be UTF-8.
std::uint32_t take_character(std::string_view& text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  text.remove_prefix(std::min(bytes, text.size()));
  return code;
}

bool is_wide_name(std::string_view name) noexcept {
  for (bool first = true; !name.empty(); first = false) {
    const std::uint32_t code = take_character(name);
    if (code >= 0x80 && !is_in(name_starts, code) && (first || !is_in(name_parts, code))) {
      return false;
    }
  }
  return true;
}

bool is_simple_name(std::string_view name) noexcept {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return !name.empty() && is_name_start(name.front()) && std::all_of(name.begin(), name.end(), is_name_part) &&
         (std::all_of(name.begin(), name.end(), is_ascii) || is_wide_name(name));
}

std::uint32_t numeric_reference(std::string_view digits, int base) {
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || !is_xml_character(code)) {
    broken("a character reference is wrong");
  }
  return code;
}

}  // namespace

bool is_blank(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_space);
}

bool is_name_part(char c) noexcept {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

QualifiedName split_name(std::string_view qualified) {
  const std::size_t colon = qualified.find(':');
  const bool prefixed = colon != std::string_view::npos;
  const QualifiedName name{prefixed ? qualified.substr(0, colon) : std::string_view(),
                           prefixed ? qualified.substr(colon + 1) : qualified};
  if (qualified.size() > longest_name || !is_simple_name(name.local) || (prefixed && !is_simple_name(name.prefix))) {
    broken("a name is wrong");
  }
  return name;
}

std::uint32_t reference_value(std::string_view body) {
  if (body.starts_with("#x")) {
    return numeric_reference(body.substr(2), 16);
  }
  if (body.starts_with('#')) {
    return numeric_reference(body.substr(1), 10);
  }
  constexpr std::string_view names[] = {"lt", "gt", "amp", "quot", "apos"};
  const auto found = std::find(std::begin(names), std::end(names), body);
  if (found == std::end(names)) {
    broken("it refers to an entity, which no workbook may");
  }
  return static_cast<unsigned char>("<>&\"'"[found - std::begin(names)]);
}

void broken(const char* what) {
  throw Failure(ErrorKind::bad_file, std::string("the workbook's XML is broken: ") + what,
                "Open the file in a spreadsheet program and save it again.");
}

void cut_off() {
  broken("it ends too early");
}

}  // namespace rehydra::codec::xml
