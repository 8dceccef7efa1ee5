#include "codec/escaped_unit.h"

#include "codec/hex.h"
#include "codec/utf.h"

namespace rehydra::codec {

namespace {

constexpr std::string_view start = "_x";

std::optional<std::uint32_t> small_unit(std::string_view text, std::size_t at) noexcept {
  return text.substr(at).starts_with(start) ? escaped_unit(text, at) : std::nullopt;
}

// Appends the character at `at`, if one is escaped there; the bytes it took, 0 for none.
std::size_t append_character(std::string& out, std::string_view text, std::size_t at) {
  const auto unit = small_unit(text, at);
  if (!unit || is_low_surrogate(*unit)) {
    return 0;
  }
  if (!is_high_surrogate(*unit)) {
    append_utf8(out, *unit);
    return units_an_escape;
  }
  const auto low = small_unit(text, at + units_an_escape);
  if (!low || !is_low_surrogate(*low)) {
    return 0;
  }
  append_utf8(out, joined_surrogates(*unit, *low));
  return 2 * units_an_escape;
}

}  // namespace

std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) noexcept {
  if (text.size() - at < units_an_escape || text[at] != '_' || (text[at + 1] | 0x20) != 'x' || text[at + 6] != '_') {
    return std::nullopt;
  }
  return hex_unit(text, at + 2);
}

bool may_be_escaped(std::string_view text) noexcept {
  return text.size() >= units_an_escape && text.find(start) != std::string_view::npos;
}

void append_unescaped(std::string& out, std::string_view text) {
  std::size_t done = 0;
  for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at)) {
    out += text.substr(done, at - done);
    const std::size_t taken = append_character(out, text, at);
    done = at + taken;
    at = taken == 0 ? at + 1 : done;
  }
  out += text.substr(done);
}

}  // namespace rehydra::codec
