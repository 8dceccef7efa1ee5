// Job: copy an XML part token by token, with a chance to change each.
// Callers: the editors of a workbook's parts in this folder.
// Promise: tags and texts are copied as they are written (as UTF-8); comments and instructions, which mean nothing to a
// workbook, are left out.
#pragma once

#include <string>
#include <string_view>

#include "codec/xml_tokenizer.h"

namespace rehydra::codec {

class XmlCopy {
 public:
  // All must outlive it.
  XmlCopy(ByteSource& source, const Limits& limits, std::string& out);

  XmlToken next() { return kind_ = xml_.next(); }
  const XmlTokenizer& token() const noexcept { return xml_; }
  bool starts(std::string_view local) const { return xml_.is_main(local); }

  void put(std::string_view text) { out_ += text; }
  void keep();  // the current token
  // A start tag into whose element something may be put: an empty element is written as two tags.
  void keep_open() { keep_open_as(xml_.raw()); }
  void keep_open_as(std::string_view tag);
  // Over the rest of the element whose start is the current token.
  void skip_element();

 private:
  std::string& out_;
  XmlTokenizer xml_;
  XmlToken kind_ = XmlToken::done;
  std::string closing_;
};

// What a tag's name begins with, "x:" or nothing.
std::string prefix_of(std::string_view tag);
// The tag with another value of an attribute without prefix, or with the attribute.
std::string with_attribute(std::string_view tag, std::string_view name, std::string_view value);
std::string_view attribute_of(std::string_view tag, std::string_view name);  // as it is written
std::string without_attribute(std::string_view tag, std::string_view name);
// For texts and for values in double quotes; what XML cannot hold is U+FFFD.
std::string escaped(std::string_view text);

}  // namespace rehydra::codec
