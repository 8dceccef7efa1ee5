// Job: gather texts from tokens.
// Callers: the shared strings and the sheet reader.
// Promise: unknown elements are passed over with all they hold.
#include "codec/rich_text.h"

#include "codec/escaped_unit.h"
#include "codec/overflow.h"

namespace rehydra::codec {

void CellText::clear() {
  text_.clear();
  units_ = 0;
}

void CellText::append(std::string_view piece) {
  units_ += utf16_units(piece);
  if (units_ <= most_units_ * units_an_escape) {
    text_ += piece;
  }
}

bool CellText::too_long() const {
  if (units_ <= most_units_ || units_ > most_units_ * units_an_escape) {
    return units_ > most_units_;
  }
  std::string decoded;
  append_unescaped(decoded, text_);
  return utf16_units(decoded) > most_units_;
}

void skip_element(XmlTokenizer& xml) {
  const std::size_t depth = xml.depth();
  while (xml.next() != XmlToken::end || xml.depth() >= depth) {
  }
}

void read_plain_text(XmlTokenizer& xml, CellText& text) {
  for (;;) {
    switch (xml.next()) {
      case XmlToken::text:
        text.append(xml.text());
        break;
      case XmlToken::start:
        skip_element(xml);
        break;
      default:
        return;
    }
  }
}

void read_rich_text(XmlTokenizer& xml, CellText& text) {
  const std::size_t depth = xml.depth();
  for (;;) {
    const XmlToken token = xml.next();
    if (token == XmlToken::end && xml.depth() < depth) {
      return;
    }
    if (token == XmlToken::start && xml.is_main("t")) {
      read_plain_text(xml, text);
    } else if (token == XmlToken::start && !(xml.is_main("r") && xml.depth() == depth + 1)) {
      skip_element(xml);
    }
  }
}

}  // namespace rehydra::codec
