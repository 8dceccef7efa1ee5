// Job: tokens and pieces of texts that are longer than a cell, and the way back from both.
// Callers: the row writer (token), the workbook writer (pieces), the importer's stage step (OverflowTexts).
// Promise: pieces joined are the text; a text is given back only when its SHA-256 is the token's.
#include "codec/overflow.h"

#include <charconv>
#include <utility>

#include "codec/digest.h"
#include "codec/literal.h"
#include "core/error.h"
#include "core/shown_text.h"

namespace rehydra::codec {
namespace {

// Some programs count differently near the limit of 32,767; pieces keep clear of it.
constexpr std::size_t piece_units = 32'000;
constexpr std::size_t preview_characters = 80;

constexpr std::string_view sha_label = " sha256:";

std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return bytes < text.size() - at ? bytes : text.size() - at;
}

// U+FFC0 to U+FFFF, among them the two that are no XML characters, and the byte order mark.
bool may_be_fragile(std::string_view text, std::size_t at) {
  return text.substr(at, 2) == "\xEF\xBF" || text.substr(at, 3) == "\xEF\xBB\xBF";
}

// UTF-16 units that a character takes at most once escaped.
std::size_t escaped_units(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x20 || lead == 0x7F || lead == '_' || may_be_fragile(text, at)) {
    return 6;
  }
  if (lead == '"' || lead == '\\' || lead >= 0xF0) {
    return 2;
  }
  return 1;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    count += (c & '\xC0') != '\x80' ? 1 : 0;
  }
  return count;
}

// The first words on one line, without anything that a program might change.
std::string preview(std::string_view text) {
  std::string words;
  std::size_t at = 0;
  for (std::size_t n = 0; n < preview_characters && at < text.size(); ++n) {
    const std::size_t bytes = character_bytes(text, at);
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead <= 0x20 || lead == '_' || lead == 0x7F) {
      words += words.empty() || words.back() == ' ' ? "" : " ";
    } else {
      words += may_be_fragile(text, at) ? "?" : text.substr(at, bytes);
    }
    at += bytes;
  }
  while (!words.empty() && words.back() == ' ') {
    words.pop_back();
  }
  return words;
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

[[noreturn]] void bad_pieces(std::uint64_t number, const std::string& what) {
  throw Failure(ErrorKind::bad_file, "long text " + std::to_string(number) + " " + what,
                "Leave the hidden sheet \"_overflow\" as it was exported, or export again.",
                Location{std::string(overflow_sheet), 0, 0, {}});
}

}  // namespace

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += ((byte & 0xC0) != 0x80 ? 1U : 0U) + (byte >= 0xF0 ? 1U : 0U);
  }
  return units;
}

std::string overflow_token(std::uint64_t n, std::string_view text) {
  std::string token(overflow_token_start);
  token += std::to_string(n);
  token += sha_label;
  token += hex(sha256(text));
  token += ' ' + with_thousands(characters(text)) + " characters]]";
  const std::string words = preview(text);
  return words.empty() ? token : token + ' ' + words;
}

std::vector<std::string_view> overflow_pieces(std::string_view text) {
  std::vector<std::string_view> pieces;
  constexpr std::size_t quotes = 2;
  std::size_t start = 0;
  std::size_t units = quotes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t cost = escaped_units(text, at);
    if (units + cost > piece_units) {
      pieces.push_back(text.substr(start, at - start));
      start = at;
      units = quotes;
    }
    units += cost;
    at += character_bytes(text, at);
  }
  pieces.push_back(text.substr(start));
  return pieces;
}

std::optional<OverflowToken> parse_overflow_token(std::string_view cell) {
  if (!cell.starts_with(overflow_token_start)) {
    return std::nullopt;
  }
  cell.remove_prefix(overflow_token_start.size());
  OverflowToken token;
  const auto number = std::from_chars(cell.data(), cell.data() + cell.size(), token.number);
  if (number.ec != std::errc() || token.number == 0) {
    return std::nullopt;
  }
  cell.remove_prefix(static_cast<std::size_t>(number.ptr - cell.data()));
  if (!cell.starts_with(sha_label) || cell.find("]]") == std::string_view::npos) {
    return std::nullopt;
  }
  token.sha256_hex = cell.substr(sha_label.size(), 64);
  if (token.sha256_hex.size() != 64 || !is_lower_hex(token.sha256_hex)) {
    return std::nullopt;
  }
  return token;
}

OverflowTexts::OverflowTexts(SpillFactory spill) : make_spill_(std::move(spill)) {}

void OverflowTexts::add(std::uint64_t number, std::uint64_t piece, std::string_view content) {
  if (!spill_) {
    spill_ = make_spill_();
  }
  const std::uint64_t end = spill_->size();
  Extent& extent = extents_.try_emplace(number, Extent{end, 0, 0}).first->second;
  if (piece != extent.pieces + 1 || extent.offset + extent.bytes != end) {
    bad_pieces(number, "has piece " + std::to_string(piece) + " out of place");
  }
  spill_->append(content);
  extent.bytes += content.size();
  extent.pieces += 1;
}

std::optional<std::string> OverflowTexts::text_of(std::string_view cell) {
  const auto token = parse_overflow_token(cell);
  if (!token) {
    return std::nullopt;
  }
  const auto found = extents_.find(token->number);
  if (found == extents_.end()) {
    bad_pieces(token->number, "has no pieces");
  }
  std::string text(found->second.bytes, '\0');
  spill_->read(found->second.offset, text.data(), text.size());
  if (hex(sha256(text)) != token->sha256_hex) {
    bad_pieces(token->number, "does not have the SHA-256 that its cell states");
  }
  return overflow_token(token->number, text) == cell ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace rehydra::codec
