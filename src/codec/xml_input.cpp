// Job: recognise a part's encoding, convert and check it window by window.
// Callers: the tokenizer and the package reader.
// Promise: a fixed read-ahead; carriage returns become line feeds here, so that nobody behind has to think of them.
#include "codec/xml_input.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "codec/utf.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t longest_declaration = 256;
constexpr std::size_t raw_window = 1 << 13;

[[noreturn]] void invalid_characters() {
  throw Failure(ErrorKind::bad_file, "a part of the workbook holds bytes that are no valid characters",
                "Open the file in a spreadsheet program and save it again.");
}

bool same_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x | 0x20) : x) == y; });
}

// The pseudo attributes of an XML declaration, taken one by one in their fixed order.
class Declaration {
 public:
  explicit Declaration(std::string_view body) : body_(body) {}

  // The value of the next one if it has this name; nothing where it does not stand here.
  std::optional<std::string_view> take(std::string_view name) {
    std::string_view rest = after_space(body_);
    if (rest.size() == body_.size() || !rest.starts_with(name)) {
      return std::nullopt;
    }
    rest = after_space(rest.substr(name.size()));
    rest = rest.starts_with('=') ? after_space(rest.substr(1)) : std::string_view();
    const std::size_t close = rest.empty() || (rest[0] != '"' && rest[0] != '\'') ? 0 : rest.find(rest[0], 1);
    if (close == 0 || close == std::string_view::npos) {
      return std::nullopt;
    }
    body_ = rest.substr(close + 1);
    return rest.substr(1, close - 1);
  }
  bool ended() const { return after_space(body_).empty(); }

 private:
  static std::string_view after_space(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  }

  std::string_view body_;
};

[[noreturn]] void broken_declaration() {
  throw Failure(ErrorKind::bad_file, "a part of the workbook starts with a broken XML declaration",
                "Open the file in a spreadsheet program and save it again.");
}

}  // namespace

std::size_t XmlInput::read(char* to, std::size_t capacity) {
  if (encoding_ == Encoding::unknown) {
    start();
  }
  for (;;) {
    const std::size_t bytes = encoding_ == Encoding::utf8 ? read_utf8(to, capacity) : read_utf16(to, capacity);
    if (bytes == 0) {
      return 0;
    }
    if (first_) {
      check_declaration({to, bytes});
      first_ = false;
    }
    const std::size_t left = join_line_ends(to, bytes);
    if (left > 0) {
      return left;
    }
  }
}

// Reads ahead far enough to see the byte order mark and the whole XML declaration.
void XmlInput::start() {
  char bytes[longest_declaration];
  while (waiting_.size() < longest_declaration && !source_ended_) {
    const std::size_t read = source_.read(bytes, longest_declaration - waiting_.size());
    source_ended_ = read == 0;
    waiting_.append(bytes, read);
  }
  const std::string_view head = waiting_;
  constexpr std::string_view little_start("<\0?\0", 4);
  constexpr std::string_view big_start("\0<\0?", 4);
  std::size_t mark = 0;
  if (head.starts_with("\xEF\xBB\xBF")) {
    mark = 3;
    encoding_ = Encoding::utf8;
  } else if (head.starts_with("\xFF\xFE") || head.starts_with(little_start)) {
    mark = head[0] == '<' ? 0 : 2;
    encoding_ = Encoding::utf16_little;
  } else if (head.starts_with("\xFE\xFF") || head.starts_with(big_start)) {
    mark = head[0] == '\0' ? 0 : 2;
    encoding_ = Encoding::utf16_big;
  } else {
    encoding_ = Encoding::utf8;
  }
  waiting_.erase(0, mark);
}

std::size_t XmlInput::take(char* to, std::size_t capacity) {
  if (!waiting_.empty()) {
    const std::size_t bytes = std::min(capacity, waiting_.size());
    std::memcpy(to, waiting_.data(), bytes);
    waiting_.erase(0, bytes);
    return bytes;
  }
  const std::size_t bytes = source_ended_ ? 0 : source_.read(to, capacity);
  source_ended_ |= bytes == 0;
  return bytes;
}

// A character cut by the end of what was read waits for its rest.
std::size_t XmlInput::read_utf8(char* to, std::size_t capacity) {
  for (std::size_t bytes = 0;;) {
    const std::size_t more = take(to + bytes, capacity - bytes);
    bytes += more;
    const Utf8Check check = check_utf8({to, bytes});
    if (check.broken || (more == 0 && bytes > 0)) {
      invalid_characters();
    }
    if (check.valid > 0 || more == 0) {
      returns_ = check.returns;
      waiting_.insert(0, to + check.valid, bytes - check.valid);
      return check.valid;
    }
  }
}

std::size_t XmlInput::read_utf16(char* to, std::size_t capacity) {
  char raw[raw_window];
  const std::size_t room = std::min(raw_window, capacity / 3 * 2);
  for (std::size_t bytes = 0;;) {
    const std::size_t more = take(raw + bytes, room - bytes);
    bytes += more;
    if (more == 0 && bytes > 0) {
      invalid_characters();
    }
    const std::size_t made = convert_utf16(to, {raw, bytes});
    if (made > 0 || more == 0) {
      return made;
    }
    waiting_.clear();
  }
}

// Converts whole characters; what remains waits.
std::size_t XmlInput::convert_utf16(char* to, std::string_view raw) {
  const int low = encoding_ == Encoding::utf16_little ? 0 : 1;
  const auto unit = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(raw[at + low]) |
                                      static_cast<unsigned char>(raw[at + 1 - low]) << 8);
  };
  std::size_t made = 0;
  std::size_t at = 0;
  while (raw.size() - at >= 2) {
    std::uint32_t code = unit(at);
    const bool high = is_high_surrogate(code);
    if (high && raw.size() - at < 4) {
      break;
    }
    if (high) {
      const std::uint32_t second = unit(at + 2);
      code = is_low_surrogate(second) ? joined_surrogates(code, second) : 0xFFFF;
    }
    if (!is_xml_character(code)) {
      invalid_characters();
    }
    returns_ |= code == '\r';
    made += put_utf8(to + made, code);
    at += code < 0x10000 ? 2 : 4;
  }
  waiting_.insert(0, raw.data() + at, raw.size() - at);
  return made;
}

// CR LF and CR are line feeds to XML.
std::size_t XmlInput::join_line_ends(char* text, std::size_t bytes) {
  if (!after_return_ && !returns_) {
    return bytes;
  }
  returns_ = false;
  std::size_t to = 0;
  for (std::size_t from = 0; from < bytes; ++from) {
    const char c = text[from];
    if (c != '\n' || !after_return_) {
      text[to++] = c == '\r' ? '\n' : c;
    }
    after_return_ = c == '\r';
  }
  return to;
}

void XmlInput::check_declaration(std::string_view start) const {
  constexpr std::string_view mark = "<?xml";
  if (!start.starts_with(mark) || start.size() == mark.size() ||
      std::strchr(" \t\r\n", start[mark.size()]) == nullptr) {
    return;
  }
  const std::size_t end = start.find("?>");
  if (end == std::string_view::npos) {
    broken_declaration();
  }
  Declaration declaration(start.substr(mark.size(), end - mark.size()));
  const auto version = declaration.take("version");
  const auto encoding = declaration.take("encoding");
  const auto standalone = declaration.take("standalone");
  if (version != "1.0" || (standalone && standalone != "yes" && standalone != "no") || !declaration.ended()) {
    broken_declaration();
  }
  const bool fits = !encoding || (encoding_ == Encoding::utf8 ? same_ignoring_case(*encoding, "utf-8")
                                                              : same_ignoring_case(encoding->substr(0, 6), "utf-16"));
  if (!fits) {
    throw Failure(
        ErrorKind::unsupported_file,
        "a part of the workbook is written in another encoding than UTF-8 or UTF-16, or not in the one it names",
        "Open the file in a spreadsheet program and save it as xlsx.");
  }
}

}  // namespace rehydra::codec
