// Job: a streaming XML tokenizer for the parts that grow with the rows: sheets and shared strings.
// Callers: codec/sheet_reader.h, codec/shared_strings.h.
// Promise: namespaces and well-formedness are checked as it goes; no DTD, no entities but XML's own; memory is one
// window, which grows only for a single tag. What it accepts it reads as every XML parser does.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "codec/xml_input.h"
#include "codec/xml_namespaces.h"
#include "core/limits.h"

namespace rehydra::codec {

enum class XmlToken : std::uint8_t { start, end, text, done };

struct XmlAttribute {
  std::string_view prefix;
  std::string_view name;
  std::string_view value;  // decoded
};

class XmlTokenizer {
 public:
  static constexpr std::size_t default_window = 256 << 10;

  XmlTokenizer(ByteSource& source, const Limits& limits, std::size_t window = default_window);

  // Text comes in pieces (a window's end or a reference cuts it); an empty element is a start and an end. Views live
  // until the next call.
  XmlToken next();

  std::string_view name() const noexcept { return name_; }  // local, of a start or an end
  bool is_main(std::string_view local) const noexcept { return main_ && name_ == local; }
  bool in_main_namespace() const noexcept { return main_; }  // spreadsheetml, transitional or strict
  std::string_view text() const noexcept { return text_; }
  // The token as it is written: a start's or end's tag, a text with its reference. Empty for the end of an empty
  // element and for a text inside of CDATA.
  std::string_view raw() const noexcept { return raw_; }
  const std::vector<XmlAttribute>& attributes() const noexcept { return attributes_; }
  // The value of an attribute without prefix; a view without data where it is missing.
  std::string_view attribute(std::string_view name) const noexcept;
  std::size_t depth() const noexcept { return open_.size(); }

  // Hot paths may take whole elements straight from the window: they start where the next token would, and only the
  // caller knows that they are well-formed there.
  std::string_view window() const noexcept {
    return pending_end_ || in_cdata_ ? std::string_view() : std::string_view(at_, end_);
  }
  void skip(std::size_t bytes) noexcept { at_ += bytes; }
  // True where the innermost element has this qualified name and declares no namespace: its end and a start like it
  // leave everything as it is.
  bool may_repeat(std::string_view qualified) const noexcept {
    return !open_.empty() && open_.back() == qualified && !namespaces_.declared_at(open_.size());
  }
  // True where names without prefix are the main namespace's.
  bool main_is_default() const noexcept { return namespaces_.main_is_default(); }

 private:
  bool fill();
  bool has(std::size_t bytes);
  void count_bytes_of_tag(std::size_t bytes) const;
  bool markup(XmlToken& token);
  XmlToken text_piece();
  bool cdata_piece();
  XmlToken reference();
  XmlToken start_tag();
  XmlToken end_tag();
  XmlToken finish() const;
  const char* tag_end();
  const char* read_attribute(const char* at, const char* stop);
  void add_attribute(std::string_view qualified, std::string_view raw_value);
  std::string_view attribute_value(std::string_view raw);
  void resolve_names(std::string_view qualified);
  void check_duplicates() const;
  void open_element(std::string_view qualified);
  void close_element();
  void check_text(std::string_view piece);
  void declaration();
  void comment();
  void processing_instruction();

  XmlInput input_;
  const Limits& limits_;
  std::string buffer_;
  const char* at_;
  const char* end_;
  bool input_ended_ = false;
  bool started_ = false;  // something before this point was read
  bool root_closed_ = false;
  bool in_cdata_ = false;
  bool pending_end_ = false;  // of an empty element
  std::size_t brackets_ = 0;  // "]" at the end of the text so far, at most 2
  std::string_view name_;
  bool main_ = false;
  std::string_view text_;
  std::string_view raw_;
  char character_[4] = {};
  std::size_t attribute_count_ = 0;
  std::vector<XmlAttribute> attributes_;
  std::deque<std::string> decoded_;
  std::vector<std::string> open_;  // qualified names
  XmlNamespaces namespaces_;
};

}  // namespace rehydra::codec
