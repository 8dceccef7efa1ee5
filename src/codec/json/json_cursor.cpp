#include "codec/json/json_cursor.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "codec/literal.h"
#include "codec/utf.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
constexpr std::uint64_t signs = ones * 0x80;

// Bit 7 of each byte below n (n <= 128); past the first such byte it may be wrong.
constexpr std::uint64_t below(std::uint64_t word, std::uint64_t n) noexcept {
  return (word - ones * n) & ~word & signs;
}

bool ends_run(char c) noexcept {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// The first quote, backslash or control character; seen collects the bits of what was passed.
const char* scan_run(const char* at, const char* end, std::uint64_t& seen) noexcept {
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if ((below(word ^ (ones * '"'), 1) | below(word ^ (ones * '\\'), 1) | below(word, 0x20)) != 0) {
      break;
    }
    seen |= word;
    at += sizeof word;
  }
  while (at < end && !ends_run(*at)) {
    seen |= static_cast<unsigned char>(*at++);
  }
  return at;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

void JsonCursor::bad(const std::string& what) const {
  const std::string_view before = bytes_.substr(0, at_);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 where there is none
  throw Failure(ErrorKind::bad_file,
                "the document is not valid at line " + std::to_string(lines + 1) + ", character " +
                    std::to_string(before.size() - line_start + 1) + ": " + what,
                "Write the document with a JSON library, or export again.");
}

char JsonCursor::peek() noexcept {
  while (at_ < bytes_.size()) {
    const char c = bytes_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
      return c;
    }
    ++at_;
  }
  return '\0';
}

bool JsonCursor::take(char c) noexcept {
  if (peek() != c || at_ == bytes_.size()) {
    return false;
  }
  ++at_;
  return true;
}

void JsonCursor::expect(char c) {
  if (!take(c)) {
    bad(at_ == bytes_.size() ? "it is cut off" : std::string("\"") + c + "\" is expected");
  }
}

std::string_view JsonCursor::string() {
  expect('"');
  const char* const start = bytes_.data() + at_;
  const char* const end = bytes_.data() + bytes_.size();
  const char* to = start;
  std::uint64_t seen = 0;
  has_escapes_ = false;
  for (;;) {
    to = scan_run(to, end, seen);
    if (to == end || (*to == '\\' && end - to < 2)) {
      bad("a string that begins here has no end");
    }
    if (*to == '"') {
      break;
    }
    if (*to != '\\') {
      at_ = static_cast<std::size_t>(to - bytes_.data());
      bad("a control character stands in a string");
    }
    has_escapes_ = true;
    to += 2;
  }
  const std::string_view body(start, static_cast<std::size_t>(to - start));
  if (body.size() > limits_->text_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "a value is longer than the " + std::to_string(limits_->text_bytes) +
                      " bytes that rehydra.max_text_bytes allows",
                  "Raise rehydra.max_text_bytes, or shorten the value.");
  }
  if ((seen & signs) != 0 && !is_utf8(body)) {
    bad("a string is not UTF-8");
  }
  at_ += body.size() + 1;
  return body;
}

std::string_view JsonCursor::decoded(std::string_view body, std::string& scratch) const {
  scratch.clear();
  if (!append_decoded(scratch, body)) {
    bad("the string in front of here has an escape that means nothing");
  }
  return scratch;
}

void JsonCursor::digits() {
  const std::size_t start = at_;
  while (at_ < bytes_.size() && is_digit(bytes_[at_])) {
    ++at_;
  }
  if (at_ == start) {
    bad("a number lacks a digit");
  }
}

std::string_view JsonCursor::number() {
  peek();
  const std::size_t start = at_;
  const auto next_is = [this](char c) { return at_ < bytes_.size() && bytes_[at_] == c; };
  at_ += next_is('-') ? 1 : 0;
  if (next_is('0')) {
    ++at_;
  } else {
    digits();
  }
  if (next_is('.')) {
    ++at_;
    digits();
  }
  if (next_is('e') || next_is('E')) {
    ++at_;
    at_ += next_is('+') || next_is('-') ? 1 : 0;
    digits();
  }
  return since(start);
}

void JsonCursor::word(std::string_view name) {
  peek();
  if (!bytes_.substr(at_).starts_with(name)) {
    bad("this is no value");
  }
  at_ += name.size();
}

void JsonCursor::skip_string() {
  const std::string_view body = string();
  if (has_escapes_) {
    decoded(body, scratch_);
  }
}

void JsonCursor::skip_scalar() {
  switch (peek()) {
    case '"':
      skip_string();
      break;
    case 't':
      word("true");
      break;
    case 'f':
      word("false");
      break;
    case 'n':
      word("null");
      break;
    default:
      if (peek() != '-' && !is_digit(peek())) {
        bad(ended() ? "it is cut off" : "this is no value");
      }
      number();
  }
}

void JsonCursor::open_container(std::string& open) {
  open += bytes_[at_++];
  if (open.size() > limits_->json_depth) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the document is nested deeper than the " + std::to_string(limits_->json_depth) +
                      " levels that rehydra.max_json_depth allows",
                  "Raise rehydra.max_json_depth if the file comes from a source that you trust.");
  }
}

// Behind a value: ends what ends here; true where another value follows.
bool JsonCursor::close_containers(std::string& open) {
  while (!open.empty()) {
    if (take(',')) {
      return true;
    }
    expect(open.back() == '{' ? '}' : ']');
    open.pop_back();
  }
  return false;
}

void JsonCursor::skip_value() {
  std::string open;  // the brackets around this place
  do {
    for (;;) {
      if (!open.empty() && open.back() == '{') {
        skip_string();
        expect(':');
      }
      const char c = peek();
      if (c != '{' && c != '[') {
        skip_scalar();
        break;
      }
      open_container(open);
      if (take(c == '{' ? '}' : ']')) {
        open.pop_back();
        break;
      }
    }
  } while (close_containers(open));
}

}  // namespace rehydra::codec
