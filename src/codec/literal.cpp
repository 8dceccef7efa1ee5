// Job: the JSON string literal that carries a text cell which would not survive as bare text.
// Callers: row_writer.cpp and overflow.cpp on the way out, the cell reader on the way in.
// Promise: what append_literal() writes is strict JSON without raw control characters; anything else is never decoded.
#include "codec/literal.h"

#include <cstdint>
#include <optional>

#include "codec/escaped_unit.h"
#include "codec/hex.h"
#include "codec/overflow.h"
#include "codec/utf.h"

namespace rehydra::codec {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

// The last of the three bytes tells which: U+FEFF, a byte order mark that gnumeric drops wherever it stands; U+FFFD,
// which in a bare text says that a program lost something (codec/literal.h); U+FFFE and U+FFFF, which XML does not
// have. 0 for others.
unsigned fragile_unit(std::string_view text, std::size_t at) {
  const std::string_view character = text.substr(at, 3);
  if (character == "\xEF\xBB\xBF") {
    return 0xFEFF;
  }
  return character.starts_with("\xEF\xBF") && character.size() == 3 && static_cast<unsigned char>(character[2]) >= 0xBD
             ? 0xFFC0U + (static_cast<unsigned char>(character[2]) & 0x3FU)
             : 0;
}

// DEL is an XML character, but ExcelJS drops it.
bool must_escape(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  return (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7F || (byte == '_' && escaped_unit(text, at)) ||
         (byte == 0xEF && fragile_unit(text, at) != 0);
}

void append_unit(std::string& out, unsigned unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += hex_digits[(unit >> shift) & 15];
  }
}

void append_control(std::string& out, unsigned char byte) {
  switch (byte) {
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      append_unit(out, byte);
  }
}

// Reads the characters between a literal's quotes; every step says whether the literal is still valid.
class LiteralParser {
 public:
  LiteralParser(std::string_view body, std::string& out) : body_(body), out_(out) {}

  bool parse() {
    while (at_ < body_.size()) {
      const char c = body_[at_++];
      if (c == '\\') {
        if (!escape()) {
          return false;
        }
      } else if (c == '"' || static_cast<unsigned char>(c) < 0x20) {
        return false;
      } else {
        plain();
      }
    }
    return true;
  }

 private:
  // A run of characters that mean themselves, its first one already passed.
  void plain() {
    const std::size_t start = at_ - 1;
    while (at_ < body_.size() && body_[at_] != '\\' && body_[at_] != '"' &&
           static_cast<unsigned char>(body_[at_]) >= 0x20) {
      ++at_;
    }
    out_ += body_.substr(start, at_ - start);
  }

  bool escape() {
    if (at_ == body_.size()) {
      return false;
    }
    const char name = body_[at_++];
    if (name == 'u') {
      return unicode();
    }
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    const std::size_t found = names.find(name);
    if (found == std::string_view::npos) {
      return false;
    }
    out_ += values[found];
    return true;
  }

  std::optional<std::uint32_t> unit() {
    const auto value = hex_unit(body_, at_);
    at_ += 4;
    return value;
  }

  bool unicode() {
    const auto first = unit();
    if (!first || is_low_surrogate(*first)) {
      return false;
    }
    if (!is_high_surrogate(*first)) {
      append_utf8(out_, *first);
      return true;
    }
    return low_surrogate(*first);
  }

  bool low_surrogate(std::uint32_t high) {
    if (body_.substr(at_, 2) != "\\u") {
      return false;
    }
    at_ += 2;
    const auto low = unit();
    if (!low || !is_low_surrogate(*low)) {
      return false;
    }
    append_utf8(out_, joined_surrogates(high, *low));
    return true;
  }

  std::string_view body_;
  std::string& out_;
  std::size_t at_ = 0;
};

}  // namespace

bool needs_literal(std::string_view text) {
  if (text.empty() || text.starts_with(overflow_token_start)) {
    return true;
  }
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return true;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (must_escape(text, i)) {
      return true;
    }
  }
  return false;
}

void append_literal(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) {
      append_control(out, byte);
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
    } else if (byte == '_' && escaped_unit(text, i)) {
      append_unit(out, '_');
    } else if (const unsigned unit = byte == 0xEF ? fragile_unit(text, i) : 0; unit != 0) {
      append_unit(out, unit);
      i += 2;
    } else {
      out += text[i];
    }
  }
  out += '"';
}

std::string_view literal_value(std::string_view cell, std::string& scratch) {
  if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"') {
    return cell;
  }
  const std::string_view body = cell.substr(1, cell.size() - 2);
  scratch.clear();
  return append_decoded(scratch, body) ? std::string_view(scratch) : cell;
}

bool append_decoded(std::string& out, std::string_view body) {
  return LiteralParser(body, out).parse();
}

bool has_lost_character(std::string_view cell) noexcept {
  return cell.find("\xEF\xBF\xBD") != std::string_view::npos;
}

}  // namespace rehydra::codec
