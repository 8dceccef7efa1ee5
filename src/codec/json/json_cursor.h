// Job: read JSON (RFC 8259) token by token in bytes that are all there.
// Callers: the reader of json documents and its rows.
// Promise: no tree, no copy, no recursion that the text decides; what is not strict JSON in UTF-8 throws
// Failure(bad_file) that names line and character, what is too deep or too long Failure(limit_exceeded).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/limits.h"

namespace rehydra::codec {

class JsonCursor {
 public:
  // Both must outlive the cursor.
  JsonCursor(std::string_view bytes, const Limits& limits, std::size_t at = 0)
      : bytes_(bytes), limits_(&limits), at_(at) {}

  std::size_t at() const noexcept { return at_; }
  std::string_view since(std::size_t start) const { return bytes_.substr(start, at_ - start); }

  // The next character that is not white space, which is passed; NUL at the end.
  char peek() noexcept;
  bool ended() noexcept { return peek() == '\0' && at_ == bytes_.size(); }
  bool take(char c) noexcept;
  void expect(char c);

  // What stands between the quotes, escapes as they are written; has_escapes() of the last one.
  std::string_view string();
  bool has_escapes() const noexcept { return has_escapes_; }
  std::string_view decoded(std::string_view body, std::string& scratch) const;
  std::string_view number();
  void word(std::string_view name);  // true, false, null

  // Any value, checked to its end.
  void skip_value();

  [[noreturn]] void bad(const std::string& what) const;

 private:
  void skip_string();
  void skip_scalar();
  void open_container(std::string& open);
  bool close_containers(std::string& open);
  void digits();

  std::string_view bytes_;
  const Limits* limits_;
  std::size_t at_;
  bool has_escapes_ = false;
  std::string scratch_;
};

}  // namespace rehydra::codec
