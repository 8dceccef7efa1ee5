// Job: see the header. One pass that appends the value's text to a string; members are sorted where they stand in it.
#include "codec/python_literal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "codec/json/json_text.h"
#include "codec/utf.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

enum class Style : std::uint8_t {
  as_written,  // numbers keep their digits
  in_order,    // numbers comparable, members as they stand
  comparable,  // and members by name
};

struct CutOff {};  // the text ended where the value could have gone on

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class LiteralReader {
 public:
  LiteralReader(std::string_view text, const Limits& limits, Style style)
      : text_(text), limits_(limits), style_(style) {}

  // The whole text is one value.
  std::string whole() {
    try {
      require_size();
      value(0);
      if (peek() != '\0' || at_ != text_.size()) {
        bad("something stands behind the value");
      }
      return std::move(out_);
    } catch (const CutOff&) {
      bad("the value has no end");
    }
  }

  // All that is sure of a text that was cut off: false where it was not.
  bool beginning(std::string& out) {
    bool cut = false;
    try {
      require_size();
      value(0);
    } catch (const CutOff&) {
      cut = true;
    } catch (const Failure&) {
    }
    out = std::move(out_);
    return cut;
  }

 private:
  [[noreturn]] void bad(const std::string& what) const {
    throw Failure(
        ErrorKind::bad_value,
        "the cell holds neither JSON nor Python's notation of it: " + what + ", character " + std::to_string(at_ + 1),
        "Write it as JSON: {\"name\": \"text\", \"list\": [1, 2.5, true, null]}.");
  }

  void require_size() const {
    if (text_.size() > limits_.text_bytes) {
      throw Failure(ErrorKind::limit_exceeded,
                    "the text has more than the " + std::to_string(limits_.text_bytes) +
                        " bytes that rehydra.max_text_bytes allows",
                    "Shorten it, or raise rehydra.max_text_bytes.");
    }
  }

  // The next character that is not white space; NUL at the end.
  char peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) {
      return false;
    }
    ++at_;
    return true;
  }
  char next() {
    const char c = peek();
    if (at_ == text_.size()) {
      throw CutOff();
    }
    return c;
  }

  void value(std::uint32_t depth) {
    const char c = next();
    if (c == '{' || c == '[' || c == '(') {
      if (depth >= limits_.json_depth) {
        throw Failure(ErrorKind::limit_exceeded,
                      "the value is nested deeper than the " + std::to_string(limits_.json_depth) +
                          " levels that rehydra.max_json_depth allows",
                      "Raise rehydra.max_json_depth, or make the value flatter.");
      }
      ++at_;
      c == '{' ? dictionary(depth + 1) : c == '[' ? list(depth + 1) : tuple(depth + 1);
    } else if (c == '"' || c == '\'') {
      string();
    } else if (c == '-' || is_digit(c)) {
      number(depth);
    } else {
      word();
    }
  }

  void list(std::uint32_t depth) {
    out_ += '[';
    for (bool first = true; !take(']'); first = false) {
      separate(first, ']');
      value(depth);
    }
    out_ += ']';
  }

  // "()", "(1,)", "(1, 2)"; "(1)" is only a value in brackets, which no export wrote.
  void tuple(std::uint32_t depth) {
    out_ += '[';
    std::size_t count = 0;
    while (!take(')')) {
      separate(count == 0, ')');
      if (count == 1 && take(')')) {
        out_.pop_back();  // the comma of a tuple of one
        out_ += ']';
        return;
      }
      value(depth);
      ++count;
    }
    if (count == 1) {
      bad("a value stands in round brackets");
    }
    out_ += ']';
  }

  void separate(bool first, char end) {
    (void)next();
    if (first) {
      return;
    }
    if (!take(',')) {
      bad(std::string("a comma or a \"") + end + "\" is missing");
    }
    out_ += ',';
    (void)next();
  }

  struct Member {
    std::size_t from, behind_key, to;  // in out_
  };

  void dictionary(std::uint32_t depth) {
    const std::size_t start = out_.size();
    std::vector<Member> members;
    out_ += '{';
    while (!take('}')) {
      separate(members.empty(), '}');
      Member member{out_.size(), 0, 0};
      if (const char c = next(); c != '"' && c != '\'') {
        bad("the name of a member is no text");
      }
      string();
      member.behind_key = out_.size();
      if (next() != ':') {
        bad(members.empty() ? "a colon is missing (a set has no counterpart in JSON)" : "a colon is missing");
      }
      ++at_;
      out_ += ':';
      value(depth);
      member.to = out_.size();
      members.push_back(member);
    }
    out_ += '}';
    if (style_ == Style::comparable) {
      sort(start, members);
    }
  }

  std::string_view key(const Member& member) const {
    return std::string_view(out_).substr(member.from, member.behind_key - member.from);
  }

  void sort(std::size_t start, std::vector<Member>& members) {
    std::stable_sort(members.begin(), members.end(),
                     [&](const Member& left, const Member& right) { return key(left) < key(right); });
    std::string sorted = "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && key(members[i]) == key(members[i + 1])) {
        continue;  // the last of a name counts
      }
      sorted += sorted.size() == 1 ? "" : ",";
      sorted.append(out_, members[i].from, members[i].to - members[i].from);
    }
    out_.resize(start);
    out_ += sorted;
    out_ += '}';
  }

  void string() {
    std::string decoded;
    try {
      characters(decoded);
    } catch (const CutOff&) {
      out_ += json_string(decoded);
      out_.pop_back();  // its end is not known
      throw;
    }
    out_ += json_string(decoded);
  }

  void characters(std::string& decoded) {
    const char quote = text_[at_++];
    for (; at_ < text_.size(); decoded += text_[at_++]) {
      while (at_ < text_.size() && text_[at_] == '\\') {
        escape(decoded);
      }
      if (at_ == text_.size()) {
        break;
      }
      if (text_[at_] == quote) {
        ++at_;
        return;
      }
      if (static_cast<unsigned char>(text_[at_]) < 0x20) {
        bad("a text holds a raw control character");
      }
    }
    throw CutOff();
  }

  void escape(std::string& decoded) {
    if (at_ + 1 >= text_.size()) {
      throw CutOff();
    }
    const char c = text_[at_ + 1];
    constexpr std::string_view names = "\\\"'/bfnrt";
    constexpr std::string_view meanings = "\\\"'/\b\f\n\r\t";
    if (const std::size_t simple = names.find(c); simple != std::string_view::npos) {
      at_ += 2;
      decoded += meanings[simple];
      return;
    }
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) {
      bad("a text holds an unknown escape");
    }
    std::uint32_t code = hex(at_ + 2, digits);
    std::size_t length = 2 + digits;
    if (is_high_surrogate(code)) {
      code = pair(code, at_ + length);
      length += 6;
    } else if (is_low_surrogate(code) || code > 0x10FFFF) {
      bad("a text holds half of a character");
    }
    at_ += length;
    append_utf8(decoded, code);
  }

  std::uint32_t pair(std::uint32_t high, std::size_t at) const {
    const std::string_view rest = text_.substr(at, 2);
    if (rest.empty() || rest == "\\") {
      throw CutOff();
    }
    if (rest != "\\u") {
      bad("a text holds half of a character");
    }
    const std::uint32_t low = hex(at + 2, 4);
    if (!is_low_surrogate(low)) {
      bad("a text holds half of a character");
    }
    return joined_surrogates(high, low);
  }

  std::uint32_t hex(std::size_t at, std::size_t digits) const {
    const std::string_view text = text_.substr(at, digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, 16);
    const bool only_digits = end == text.data() + text.size() && (text.empty() || error == std::errc());
    if (!only_digits) {
      bad("a text holds an incomplete escape");
    }
    if (text.size() < digits) {
      throw CutOff();
    }
    return code;
  }

  bool digits() {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      ++at_;
    }
    return at_ != from;
  }

  void number(std::uint32_t depth) {
    const std::size_t from = at_;
    at_ += text_[at_] == '-' ? 1 : 0;
    const bool zero = at_ < text_.size() && text_[at_] == '0';
    const std::size_t first = at_;
    bool sound = digits() && (!zero || at_ == first + 1);
    bool integral = true;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      integral = false;
      sound = digits() && sound;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      integral = false;
      at_ += at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-') ? 1 : 0;
      sound = digits() && sound;
    }
    if (at_ == text_.size() && depth != 0) {
      throw CutOff();  // more digits could follow
    }
    if (!sound) {
      bad("a number is not written as JSON has it");
    }
    append_number(text_.substr(from, at_ - from), integral);
  }

  void append_number(std::string_view written, bool integral) {
    if (style_ == Style::as_written) {
      out_ += written;
      return;
    }
    if (integral) {
      out_ += written == "-0" ? "0" : written;
      return;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
    if (error != std::errc() || end != written.data() + written.size()) {
      out_ += written;  // beyond doubles: the same only where the digits are
      return;
    }
    char shortest[32];
    out_.append(shortest, std::to_chars(shortest, shortest + sizeof shortest, value == 0 ? 0.0 : value).ptr);
  }

  void word() {
    struct Word {
      std::string_view name, json;
    };
    constexpr Word words[] = {{"true", "true"},   {"True", "true"}, {"false", "false"},
                              {"False", "false"}, {"null", "null"}, {"None", "null"}};
    const std::string_view rest = text_.substr(at_);
    for (const Word& word : words) {
      if (rest.starts_with(word.name)) {
        at_ += word.name.size();
        out_ += word.json;
        return;
      }
      if (word.name.starts_with(rest)) {
        throw CutOff();
      }
    }
    bad("a name or a sign stands where a value should");
  }

  std::string_view text_;
  const Limits& limits_;
  Style style_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string json_of_literal(std::string_view text, const Limits& limits) {
  return LiteralReader(text, limits, Style::as_written).whole();
}

std::string comparable_literal(std::string_view text, const Limits& limits) {
  return LiteralReader(text, limits, Style::comparable).whole();
}

bool is_cut_literal(std::string_view cut, std::string_view whole, const Limits& limits) {
  std::string said;
  return LiteralReader(cut, limits, Style::in_order).beginning(said) &&
         LiteralReader(whole, limits, Style::in_order).whole().starts_with(said);
}

bool is_empty_literal(std::string_view text, const Limits& limits) {
  const std::string value = comparable_literal(text, limits);
  return value == "null" || value == "false" || value == "0" || value == "\"\"" || value == "[]" || value == "{}";
}

}  // namespace rehydra::codec
