#include "codec/marks/xml_copy.h"

#include <algorithm>

#include "codec/utf.h"
#include "codec/xml_syntax.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

std::size_t name_end(std::string_view tag) {
  return std::min(tag.find_first_of(" \t\r\n/>", 1), tag.size());
}

struct Span {
  std::size_t from = 0;  // of the white space before the attribute
  std::size_t value = 0;
  std::size_t end = 0;  // of the value
};

// An empty one where the tag has no such attribute. The tokenizer has checked the tag.
Span find_attribute(std::string_view tag, std::string_view name) {
  for (std::size_t at = name_end(tag); at < tag.size();) {
    const std::size_t start = tag.find_first_not_of(" \t\r\n", at);
    const std::size_t equals = tag.find('=', at);
    if (start == std::string_view::npos || equals == std::string_view::npos) {
      break;
    }
    const std::size_t open = tag.find_first_of("\"'", equals);
    const std::size_t close = tag.find(tag[open], open + 1);
    std::string_view found = tag.substr(start, equals - start);
    while (!found.empty() && xml::is_space(found.back())) {
      found.remove_suffix(1);
    }
    if (found == name) {
      return {at, open + 1, close};
    }
    at = close + 1;
  }
  return {};
}

void put_escaped(std::string& made, char c) {
  switch (c) {
    case '&':
      made += "&amp;";
      break;
    case '<':
      made += "&lt;";
      break;
    case '>':
      made += "&gt;";
      break;
    case '"':
      made += "&quot;";
      break;
    default:
      // A carriage return would be read as a line feed, and no other control is XML.
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
        made += c;
      } else if (c != '\r') {
        made += "\xEF\xBF\xBD";
      }
  }
}

}  // namespace

XmlCopy::XmlCopy(ByteSource& source, const Limits& limits, std::string& out) : out_(out), xml_(source, limits) {
  out_ += declaration;
}

void XmlCopy::keep() {
  if (!xml_.raw().empty()) {
    out_ += xml_.raw();
  } else if (kind_ == XmlToken::text) {
    out_ += escaped(xml_.text());
  } else {
    out_ += closing_;
    closing_.clear();
  }
}

void XmlCopy::keep_open_as(std::string_view tag) {
  if (!tag.ends_with("/>")) {
    out_ += tag;
    return;
  }
  closing_ = "</" + std::string(tag.substr(1, name_end(tag) - 1)) + ">";
  out_ += tag.substr(0, tag.size() - 2);
  out_ += ">";
}

void XmlCopy::skip_element() {
  const std::size_t depth = xml_.depth();
  while (xml_.depth() >= depth) {
    next();
  }
}

std::string prefix_of(std::string_view tag) {
  const std::size_t start = tag.starts_with("</") ? 2 : 1;
  const std::string_view name = tag.substr(start, tag.find_first_of(" \t\r\n/>", start) - start);
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string() : std::string(name.substr(0, colon + 1));
}

std::string with_attribute(std::string_view tag, std::string_view name, std::string_view value) {
  std::string made(tag);
  const Span found = find_attribute(tag, name);
  if (found.value != 0) {
    made.replace(found.value - 1, found.end - found.value + 2, "\"" + escaped(value) + "\"");
  } else {
    made.insert(name_end(tag), " " + std::string(name) + "=\"" + escaped(value) + "\"");
  }
  return made;
}

std::string_view attribute_of(std::string_view tag, std::string_view name) {
  const Span found = find_attribute(tag, name);
  return tag.substr(found.value, found.end - found.value);
}

std::string without_attribute(std::string_view tag, std::string_view name) {
  std::string made(tag);
  if (const Span found = find_attribute(tag, name); found.value != 0) {
    made.erase(found.from, found.end + 1 - found.from);
  }
  return made;
}

std::string escaped(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const Utf8Check check = check_utf8(text);
    for (const char c : text.substr(0, check.valid)) {
      put_escaped(made, c);
    }
    text.remove_prefix(check.valid);
    if (!text.empty()) {
      put_escaped(made, '\x01');
      text.remove_prefix(1);
    }
  }
  return made;
}

}  // namespace rehydra::codec
