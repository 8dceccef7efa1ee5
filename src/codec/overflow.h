// Job: texts longer than a cell (32,767 UTF-16 units): a token in the cell, the whole text in numbered pieces on sheet
// "_overflow". Sheet layout: header row "Text", "Piece", "Content", then one row a piece (content escaped by
// codec/literal.h where needed). Token: [[rehydra:long 7 sha256:<64 hex> 40,000 characters]] and then the first words
// for people.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spill.h"

namespace rehydra::codec {

constexpr std::string_view overflow_sheet = "_overflow";
constexpr std::string_view overflow_token_start =
    "[[rehydra:long ";  // ordinary text that starts so is written as a literal

// UTF-16 units of UTF-8 text.
std::size_t utf16_units(std::string_view text);

// The token that stands in the cell for long text number n (from 1).
std::string overflow_token(std::uint64_t n, std::string_view text);
// Cuts at character boundaries into pieces that fit a cell even after the literal escape.
std::vector<std::string_view> overflow_pieces(std::string_view text);

struct OverflowToken {
  std::uint64_t number = 0;
  std::string sha256_hex;
};
// The token at the start of a cell's text; nullopt where the cell is ordinary text. An edited cell is a new value:
// whoever reads a token must also compare the cell with overflow_token(number, text), and take the cell as it is where
// they differ.
std::optional<OverflowToken> parse_overflow_token(std::string_view cell);

// The long texts of a file being read: filled from the rows of sheet "_overflow", looked up by token.
class OverflowTexts {
 public:
  explicit OverflowTexts(SpillFactory spill);
  // One row of the sheet, pieces of a text in ascending order. Failure(bad_file) where a piece is missing or comes
  // twice.
  void add(std::uint64_t number, std::uint64_t piece, std::string_view content);
  // The text that this cell's token stands for; nullopt where the cell is no token or was edited (then it is ordinary
  // text). Failure(bad_file) where the cell is a genuine token, but its pieces are missing or do not have its SHA-256.
  std::optional<std::string> text_of(std::string_view cell);

 private:
  struct Extent {
    std::uint64_t offset = 0, bytes = 0, pieces = 0;
  };
  SpillFactory make_spill_;
  std::unique_ptr<Spill> spill_;
  std::map<std::uint64_t, Extent> extents_;
};

}  // namespace rehydra::codec
