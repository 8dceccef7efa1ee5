// Job: long texts: tokens, pieces, and the way back with everything that may be wrong in a file.
// Covers: codec/overflow.h, codec/long_texts.h.
#include "codec/overflow.h"

#include <gtest/gtest.h>

#include "codec/literal.h"
#include "codec/long_texts.h"
#include "core/error.h"
#include "random_text.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t cell_units = 32'767;

std::string joined(const std::vector<std::string_view>& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) {
    text += piece;
  }
  return text;
}

void expect_pieces_fit(std::string_view text) {
  const auto pieces = overflow_pieces(text);
  ASSERT_EQ(joined(pieces), text);
  for (const std::string_view piece : pieces) {
    std::string literal;
    append_literal(literal, piece);
    ASSERT_LE(utf16_units(literal), cell_units);
    ASSERT_TRUE(piece.empty() || (piece.front() & '\xC0') != '\x80');
  }
}

OverflowTexts stored(std::uint64_t number, std::string_view text) {
  OverflowTexts texts(test::make_vector_spill);
  std::uint64_t n = 0;
  for (const std::string_view piece : overflow_pieces(text)) {
    texts.add(number, ++n, piece);
  }
  return texts;
}

TEST(Overflow, CountsUtf16Units) {
  EXPECT_EQ(utf16_units(""), 0U);
  EXPECT_EQ(utf16_units("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 5U);
}

TEST(Overflow, TokenNamesNumberHashLengthAndFirstWords) {
  const std::string text = "First words\r\nof_a " + std::string(40'000, 'x');
  const std::string token = overflow_token(7, text);
  EXPECT_TRUE(token.starts_with("[[rehydra:long 7 sha256:")) << token;
  EXPECT_NE(token.find(" 40,018 characters]] First words of a xxx"), std::string::npos) << token;
  EXPECT_LT(token.size(), 300U);
  const auto parsed = parse_overflow_token(token);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->number, 7U);
  EXPECT_EQ(parsed->sha256_hex.size(), 64U);
}

TEST(Overflow, TokensNeedNoEscape) {
  test::RandomText random(3);
  for (int i = 0; i < 5'000; ++i) {
    std::string token = overflow_token(1, random.next(200));
    ASSERT_FALSE(needs_literal('x' + token)) << token;
    ASSERT_NE(token.back(), ' ');
  }
}

TEST(Overflow, OrdinaryTextIsNoToken) {
  const std::string token = overflow_token(1, "x");
  for (const std::string& cell :
       {std::string(), std::string("[[rehydra:long "), std::string("[[rehydra:long 0") + token.substr(16), "x" + token,
        token.substr(0, 60), std::string("[[rehydra:long 1 sha256:XYZ]]")}) {
    EXPECT_FALSE(parse_overflow_token(cell).has_value()) << cell;
  }
}

TEST(Overflow, PiecesCutBetweenCharactersWhereverTheyFall) {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string start(31'990 + shift, 'a');
    for (const char* character :
         {"\xF0\x9F\x98\x80", "\xE2\x82\xAC", "\xC3\xA9", "\x01", "\xEF\xBF\xBE", "_x0041_", "\"", "\\"}) {
      std::string text = start;
      for (int i = 0; i < 20; ++i) {
        text += character;
      }
      expect_pieces_fit(text);
    }
  }
  EXPECT_EQ(overflow_pieces("").size(), 1U);
}

TEST(Overflow, RandomTextsComeBack) {
  test::RandomText random(4);
  for (int i = 0; i < 20; ++i) {
    const std::string text = random.next(100'000);
    expect_pieces_fit(text);
    OverflowTexts texts = stored(3, text);
    ASSERT_EQ(texts.text_of(overflow_token(3, text)), text);
  }
}

TEST(Overflow, AnEditedCellIsOrdinaryText) {
  OverflowTexts texts = stored(1, "a long text");
  EXPECT_EQ(texts.text_of(overflow_token(1, "a long text") + " and more"), std::nullopt);
  EXPECT_EQ(texts.text_of("a new value"), std::nullopt);
}

TEST(Overflow, RefusesMissingRepeatedAndChangedPieces) {
  OverflowTexts texts = stored(1, "a long text");
  EXPECT_THROW(texts.text_of(overflow_token(2, "a long text")), Failure);
  EXPECT_THROW(texts.text_of(overflow_token(1, "another text")), Failure);
  EXPECT_THROW(texts.add(1, 1, "again"), Failure);
  EXPECT_THROW(texts.add(1, 3, "a gap"), Failure);
  EXPECT_THROW(texts.add(2, 2, "no first"), Failure);
  texts.add(3, 1, "other");
  EXPECT_THROW(texts.add(1, 2, "after another text"), Failure);
}

TEST(LongTexts, PiecesOfWindowsAreThePiecesOfTheWhole) {
  test::RandomText random(5);
  LongTexts kept(test::make_vector_spill);
  std::vector<std::string> texts = {random.next(800'000), "", std::string(256 << 10, 'y'), random.next(400'000)};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(kept.add(texts[i]), i + 1);
  }
  std::vector<std::vector<std::string>> found(texts.size());
  kept.for_each_piece([&](std::uint64_t number, std::uint64_t piece, std::string_view content) {
    found[number - 1].emplace_back(content);
    ASSERT_EQ(found[number - 1].size(), piece);
  });
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto whole = overflow_pieces(texts[i]);
    ASSERT_EQ(found[i], std::vector<std::string>(whole.begin(), whole.end()));
  }
}

}  // namespace
}  // namespace rehydra::codec
