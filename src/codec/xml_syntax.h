// Job: the small rules of XML that tokens are made of: white space, names, references.
// Callers: the tokenizer.
// Promise: pure functions; a broken reference throws Failure(bad_file).
#pragma once

#include <cstdint>
#include <string_view>

namespace rehydra::codec::xml {

inline bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool is_blank(std::string_view text) noexcept;

// ASCII as the standard says; beyond it any character.
bool is_name_part(char c) noexcept;

struct QualifiedName {
  std::string_view prefix;
  std::string_view local;
};
QualifiedName split_name(std::string_view qualified);

// The character that the text between & and ; stands for.
std::uint32_t reference_value(std::string_view body);

[[noreturn]] void broken(const char* what);
[[noreturn]] void cut_off();

}  // namespace rehydra::codec::xml
