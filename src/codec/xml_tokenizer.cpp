// Job: the tokenizer's window and its tokens.
// Callers: the sheet reader and the shared strings.
// Promise: a token is parsed only when the whole of it is in the window; text, comments and instructions stream.
#include "codec/xml_tokenizer.h"

#include <algorithm>
#include <cstring>

#include "codec/utf.h"
#include "codec/xml_syntax.h"

namespace rehydra::codec {

using xml::broken;
using xml::cut_off;
using xml::is_space;

namespace {

constexpr std::size_t longest_reference = 64;

const char* find(const char* at, const char* end, char c) {
  const void* found = std::memchr(at, c, static_cast<std::size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

XmlTokenizer::XmlTokenizer(ByteSource& source, const Limits& limits, std::size_t window)
    : input_(source), limits_(limits), buffer_(std::max(window, 2 * XmlInput::least_capacity), '\0') {
  at_ = end_ = buffer_.data();
}

std::string_view XmlTokenizer::attribute(std::string_view name) const noexcept {
  for (const XmlAttribute& attribute : attributes_) {
    if (attribute.name == name && attribute.prefix.empty()) {
      return attribute.value;
    }
  }
  return {};
}

// Moves the unread bytes to the front and reads on behind them; grows where they already fill the window.
bool XmlTokenizer::fill() {
  const std::size_t left = static_cast<std::size_t>(end_ - at_);
  std::memmove(buffer_.data(), at_, left);
  if (buffer_.size() - left < buffer_.size() / 2) {
    count_bytes_of_tag(left);
    buffer_.resize(buffer_.size() * 2);
  }
  at_ = buffer_.data();
  char* to = buffer_.data() + left;
  char* const stop = buffer_.data() + buffer_.size();
  while (!input_ended_ && static_cast<std::size_t>(stop - to) >= XmlInput::least_capacity) {
    const std::size_t read = input_.read(to, static_cast<std::size_t>(stop - to));
    input_ended_ = read == 0;
    to += read;
  }
  end_ = to;
  return static_cast<std::size_t>(end_ - at_) > left;
}

void XmlTokenizer::count_bytes_of_tag(std::size_t bytes) const {
  if (bytes > limits_.held_part_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "a tag in the workbook is larger than the " + std::to_string(limits_.held_part_bytes) +
                      " bytes that rehydra.max_held_part_bytes allows",
                  "Raise rehydra.max_held_part_bytes, or remove validations and other extras from the workbook.");
  }
}

bool XmlTokenizer::has(std::size_t bytes) {
  while (static_cast<std::size_t>(end_ - at_) < bytes) {
    if (!fill()) {
      return false;
    }
  }
  return true;
}

XmlToken XmlTokenizer::next() {
  if (pending_end_) {
    pending_end_ = false;
    raw_ = {};
    close_element();
    return XmlToken::end;
  }
  for (;;) {
    if (in_cdata_) {
      if (cdata_piece()) {
        return XmlToken::text;
      }
      continue;
    }
    if (at_ == end_ && !fill()) {
      return finish();
    }
    if (*at_ == '<') {
      XmlToken token;
      const bool made = markup(token);
      started_ = true;
      brackets_ = 0;
      if (made) {
        return token;
      }
    } else {
      started_ = true;
      const XmlToken token = *at_ == '&' ? reference() : text_piece();
      if (!open_.empty()) {
        return token;
      }
    }
  }
}

// False where it was something that is no token: a comment, an instruction, the start of CDATA.
bool XmlTokenizer::markup(XmlToken& token) {
  if (!has(2)) {
    cut_off();
  }
  switch (at_[1]) {
    case '/':
      token = end_tag();
      return true;
    case '!':
      declaration();
      return false;
    case '?':
      processing_instruction();
      return false;
    default:
      token = start_tag();
      return true;
  }
}

XmlToken XmlTokenizer::finish() const {
  if (!root_closed_) {
    cut_off();
  }
  return XmlToken::done;
}

XmlToken XmlTokenizer::text_piece() {
  const char* stop = find(at_, end_, '<');
  stop = find(at_, stop, '&');
  raw_ = text_ = {at_, stop};
  at_ = stop;
  check_text(text_);
  return XmlToken::text;
}

// "]]>" must not stand in text, wherever the window cuts it; outside of the root there is no text at all.
void XmlTokenizer::check_text(std::string_view piece) {
  if (open_.empty() && !xml::is_blank(piece)) {
    broken("text stands outside of its root element");
  }
  const auto brackets_before = [&](std::size_t at) {
    std::size_t count = 0;
    while (count < at && count < 2 && piece[at - 1 - count] == ']') {
      ++count;
    }
    return count == at ? count + brackets_ : count;
  };
  for (std::size_t at = piece.find('>'); at != std::string_view::npos; at = piece.find('>', at + 1)) {
    if (brackets_before(at) >= 2) {
      broken("text holds the end of a CDATA section");
    }
  }
  brackets_ = std::min<std::size_t>(brackets_before(piece.size()), 2);
}

bool XmlTokenizer::cdata_piece() {
  if (at_ == end_ && !fill()) {
    cut_off();
  }
  const char* stop = find(at_, end_, ']');
  if (stop == at_) {
    if (!has(3)) {
      cut_off();
    }
    if (at_[1] == ']' && at_[2] == '>') {
      at_ += 3;
      in_cdata_ = false;
      return false;
    }
    stop = at_ + 1;
  }
  text_ = {at_, stop};
  raw_ = {};
  at_ = stop;
  return true;
}

XmlToken XmlTokenizer::reference() {
  std::size_t length = 1;
  while (has(length + 1) && at_[length] != ';' && length < longest_reference) {
    ++length;
  }
  if (!has(length + 1) || at_[length] != ';' || open_.empty()) {
    broken("an ampersand stands alone");
  }
  const std::uint32_t code = xml::reference_value({at_ + 1, length - 1});
  raw_ = {at_, length + 1};
  at_ += length + 1;
  text_ = {character_, put_utf8(character_, code)};
  brackets_ = 0;
  return XmlToken::text;
}

// The ">" that is not in a quoted value.
const char* XmlTokenizer::tag_end() {
  for (;;) {
    char quote = 0;
    for (const char* p = at_ + 1; p < end_; ++p) {
      if (quote != 0) {
        p = find(p, end_, quote);
        quote = 0;
      } else if (*p == '"' || *p == '\'') {
        quote = *p;
      } else if (*p == '>') {
        return p;
      }
    }
    if (!fill()) {
      cut_off();
    }
  }
}

XmlToken XmlTokenizer::start_tag() {
  const char* stop = tag_end();
  const char* const after = stop + 1;
  count_bytes_of_tag(static_cast<std::size_t>(after - at_));
  pending_end_ = stop[-1] == '/';
  stop -= pending_end_ ? 1 : 0;
  const char* at = at_ + 1;
  while (at < stop && !is_space(*at)) {
    ++at;
  }
  const std::string_view qualified(at_ + 1, at);
  attributes_.clear();
  attribute_count_ = 0;
  decoded_.clear();
  while (at < stop) {
    at = read_attribute(at, stop);
  }
  open_element(qualified);
  check_duplicates();
  raw_ = {at_, after};
  at_ = after;
  return XmlToken::start;
}

// From the white space before an attribute to its closing quote, or over the white space at the end of the tag.
const char* XmlTokenizer::read_attribute(const char* at, const char* stop) {
  const auto skip_space = [stop](const char* p) {
    while (p < stop && is_space(*p)) {
      ++p;
    }
    return p;
  };
  const char* const name = skip_space(at);
  if (name == stop) {
    return stop;
  }
  const char* name_end = name;
  while (name_end < stop && !is_space(*name_end) && *name_end != '=') {
    ++name_end;
  }
  const char* open = skip_space(name_end);
  open = open < stop && *open == '=' ? skip_space(open + 1) : stop;
  if (name == at || open == stop || (*open != '"' && *open != '\'')) {
    broken("an attribute is wrong");
  }
  const char* const close = find(open + 1, stop, *open);
  if (close == stop) {
    broken("an attribute is wrong");
  }
  add_attribute({name, name_end}, {open + 1, close});
  return close + 1;
}

void XmlTokenizer::add_attribute(std::string_view qualified, std::string_view raw_value) {
  if (++attribute_count_ > limits_.xml_attributes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "a tag in the workbook has more than the " + std::to_string(limits_.xml_attributes) +
                      " attributes that rehydra.max_xml_attributes allows",
                  "Raise rehydra.max_xml_attributes if the file comes from a source that you trust.");
  }
  const xml::QualifiedName name = xml::split_name(qualified);
  const std::string_view value = attribute_value(raw_value);
  if (name.prefix == "xmlns" || qualified == "xmlns") {
    namespaces_.declare(open_.size() + 1, name.prefix.empty() ? std::string_view() : name.local, value);
  } else {
    attributes_.push_back({name.prefix, name.local, value});
  }
}

std::string_view XmlTokenizer::attribute_value(std::string_view raw) {
  constexpr std::string_view special = "<&\t\n";
  if (raw.find_first_of(special) == std::string_view::npos) {
    return raw;
  }
  std::string& value = decoded_.emplace_back();
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const char c = raw[at];
    if (c == '<') {
      broken("an attribute holds a tag");
    } else if (c == '&') {
      const std::size_t end = raw.find(';', at);
      if (end == std::string_view::npos) {
        broken("an ampersand stands alone");
      }
      append_utf8(value, xml::reference_value(raw.substr(at + 1, end - at - 1)));
      at = end;
    } else {
      value += is_space(c) ? ' ' : c;
    }
  }
  return value;
}

void XmlTokenizer::resolve_names(std::string_view qualified) {
  const xml::QualifiedName name = xml::split_name(qualified);
  name_ = name.local;
  main_ = namespaces_.is_main(name.prefix);
}

void XmlTokenizer::check_duplicates() const {
  for (std::size_t i = 0; i < attributes_.size(); ++i) {
    const XmlAttribute& a = attributes_[i];
    if (!a.prefix.empty()) {
      namespaces_.uri(a.prefix);  // must be declared
    }
    for (std::size_t j = 0; j < i; ++j) {
      const XmlAttribute& b = attributes_[j];
      const bool same_prefix = a.prefix == b.prefix;
      if (a.name == b.name && (same_prefix || (!a.prefix.empty() && !b.prefix.empty() &&
                                               namespaces_.uri(a.prefix) == namespaces_.uri(b.prefix)))) {
        broken("a tag has the same attribute twice");
      }
    }
  }
}

void XmlTokenizer::open_element(std::string_view qualified) {
  if (root_closed_) {
    broken("it has two root elements");
  }
  if (open_.size() == limits_.xml_depth) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the workbook's XML is nested deeper than the " + std::to_string(limits_.xml_depth) +
                      " levels that rehydra.max_xml_depth allows",
                  "Raise rehydra.max_xml_depth if the file comes from a source that you trust.");
  }
  open_.emplace_back(qualified);
  resolve_names(qualified);
}

void XmlTokenizer::close_element() {
  namespaces_.leave(open_.size());
  open_.pop_back();
  root_closed_ = open_.empty();
}

XmlToken XmlTokenizer::end_tag() {
  const char* stop = find(at_, end_, '>');
  while (stop == end_) {
    if (!fill()) {
      cut_off();
    }
    stop = find(at_, end_, '>');
  }
  const char* const after = stop + 1;
  while (is_space(stop[-1])) {
    --stop;
  }
  const std::string_view qualified(at_ + 2, stop);
  if (open_.empty() || qualified != open_.back()) {
    broken("its tags do not match");
  }
  resolve_names(qualified);
  close_element();
  raw_ = {at_, after};
  at_ = after;
  return XmlToken::end;
}

void XmlTokenizer::declaration() {
  if (has(4) && std::string_view(at_, 4) == "<!--") {
    comment();
    return;
  }
  constexpr std::string_view cdata = "<![CDATA[";
  constexpr std::string_view doctype = "<!DOCTYPE";
  if (!has(cdata.size())) {
    cut_off();
  }
  const std::string_view start(at_, cdata.size());
  if (start == doctype) {
    throw Failure(ErrorKind::hostile_file,
                  "the workbook's XML holds a document type declaration, which no workbook may",
                  "Open the file in a spreadsheet program and save it again.");
  }
  if (start != cdata || open_.empty()) {
    broken("it holds a declaration");
  }
  at_ += cdata.size();
  in_cdata_ = true;
}

void XmlTokenizer::comment() {
  at_ += 4;
  for (;;) {
    at_ = find(at_, end_, '-');
    if (!has(3)) {
      cut_off();
    }
    if (at_[0] == '-' && at_[1] == '-') {
      if (at_[2] != '>') {
        broken("a comment is wrong");
      }
      at_ += 3;
      return;
    }
    ++at_;
  }
}

void XmlTokenizer::processing_instruction() {
  constexpr std::size_t longest_target = 256;
  std::size_t length = 2;
  while (has(length + 1) && xml::is_name_part(at_[length]) && length < longest_target) {
    ++length;
  }
  if (!has(length + 2)) {
    cut_off();
  }
  const std::string_view target(at_ + 2, length - 2);
  std::string lower(target);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  const bool at_end = at_[length] == '?' && at_[length + 1] == '>';
  xml::split_name(target);
  if ((!at_end && !is_space(at_[length])) || (lower == "xml" && (started_ || target != "xml"))) {
    broken("a processing instruction is wrong");
  }
  at_ += length;
  for (;;) {
    at_ = find(at_, end_, '?');
    if (!has(2)) {
      cut_off();
    }
    if (at_[0] == '?' && at_[1] == '>') {
      at_ += 2;
      return;
    }
    ++at_;
  }
}

}  // namespace rehydra::codec
