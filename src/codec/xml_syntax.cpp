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

bool is_simple_name(std::string_view name) noexcept {
  return !name.empty() && is_name_start(name.front()) && std::all_of(name.begin(), name.end(), is_name_part);
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
