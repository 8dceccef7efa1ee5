// Job: _xHHHH_, the way of spreadsheets to write a UTF-16 unit that XML cannot hold or would change.
// Callers: the sheet reader (decode always), codec/literal.cpp (write no text that others would decode).
// Source: ECMA-376 part 1, 22.9.2.19, ST_Xstring.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rehydra::codec {

constexpr std::size_t units_an_escape = 7;

// The unit that the seven characters at `at` stand for; std::nullopt where they are anything else. A large X counts as
// well: some programs read it (docs/programs.md).
std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) noexcept;

// True where append_unescaped() may change the text. Cheap where no underscore is in it.
bool may_be_escaped(std::string_view text) noexcept;

// Appends the text that a cell means in which others wrote _xHHHH_, with a small x, as Excel does. Half of a surrogate
// pair stays as it is written.
void append_unescaped(std::string& out, std::string_view text);

}  // namespace rehydra::codec
