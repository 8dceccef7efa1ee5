// Job: the text of a string item (<si> or <is>): plain or in runs, without its phonetic guides.
// Callers: the shared strings and the sheet reader.
// Promise: holds no more than what a cell may hold can be written in; what is longer is only marked as such.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/xml_tokenizer.h"

namespace rehydra::codec {

class CellText {
 public:
  explicit CellText(std::uint64_t most_units) : most_units_(most_units) {}

  void clear();
  void append(std::string_view piece);
  std::string_view text() const noexcept { return text_; }
  // More UTF-16 units than a cell may hold, once _xHHHH_ are decoded.
  bool too_long() const;

 private:
  std::uint64_t most_units_;
  std::uint64_t units_ = 0;  // as they are written
  std::string text_;
};

// To the end of the element whose start was read last.
void skip_element(XmlTokenizer& xml);
void read_plain_text(XmlTokenizer& xml, CellText& text);
void read_rich_text(XmlTokenizer& xml, CellText& text);

}  // namespace rehydra::codec
