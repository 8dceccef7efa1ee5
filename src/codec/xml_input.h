// Job: an XML part as valid UTF-8 with line ends as XML reads them, whatever encoding (UTF-8, UTF-16) it was written
// in. Callers: the tokenizer, and the package reader before it hands a part to libxml2. Promise: what comes out holds
// XML characters only; other encodings and invalid bytes throw Failure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/inflate.h"

namespace rehydra::codec {

class XmlInput {
 public:
  static constexpr std::size_t least_capacity = 1024;

  explicit XmlInput(ByteSource& source) : source_(source) {}

  // Whole characters, at most capacity (>= least_capacity) bytes; 0 only at the end.
  std::size_t read(char* to, std::size_t capacity);

 private:
  enum class Encoding { unknown, utf8, utf16_little, utf16_big };

  void start();
  std::size_t take(char* to, std::size_t capacity);
  std::size_t read_utf8(char* to, std::size_t capacity);
  std::size_t read_utf16(char* to, std::size_t capacity);
  std::size_t convert_utf16(char* to, std::string_view raw);
  std::size_t join_line_ends(char* text, std::size_t bytes);
  void check_declaration(std::string_view start) const;

  ByteSource& source_;
  Encoding encoding_ = Encoding::unknown;
  std::string waiting_;  // raw bytes read ahead, not yet handed out
  bool source_ended_ = false;
  bool first_ = true;
  bool returns_ = false;       // the piece read last holds a carriage return
  bool after_return_ = false;  // the last character was a carriage return: a line feed now belongs to it
};

}  // namespace rehydra::codec
