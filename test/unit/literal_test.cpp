// Job: the JSON literal of text cells: what needs it, what it looks like, that everything comes back.
// Covers: codec/literal.h.
#include "codec/literal.h"

#include <gtest/gtest.h>

#include "random_text.h"

namespace rehydra::codec {
namespace {

std::string encoded(std::string_view text) {
  std::string out;
  append_literal(out, text);
  return out;
}

std::string decoded(std::string_view cell) {
  std::string scratch;
  return std::string(literal_value(cell, scratch));
}

TEST(Literal, OrdinaryTextNeedsNone) {
  for (const char* text :
       {"plain", "=1+1", "00123", " spaces ", "two\nlines\tand a tab", "say \"hi\"", "\"open", "\"", "_x12_", "_xZZZZ_",
        "snake_case", "caf\xC3\xA9", "\xEF\xBC\x8C", "[[rehydra]]", "{\"a\": 1}"}) {
    EXPECT_FALSE(needs_literal(text)) << text;
  }
}

TEST(Literal, WhatProgramsChangeNeedsOne) {
  for (const char* text : {"", "a\rb", "\x01", "\x7F", "a\xEF\xBB\xBF", "\xEF\xBF\xBD", "\xEF\xBF\xBE", "\xEF\xBF\xBF",
                           "_x0041_", "a_xABcd_b", "_X000d_", "\"quoted\"", "\"\"", "[[rehydra:long 1 sha256:"}) {
    EXPECT_TRUE(needs_literal(text)) << text;
  }
}

TEST(Literal, StaysReadable) {
  EXPECT_EQ(encoded(""), R"("")");
  EXPECT_EQ(encoded("caf\xC3\xA9 \\ \"x\"\r\n\t"), "\"caf\xC3\xA9 \\\\ \\\"x\\\"\\r\\n\\t\"");
  EXPECT_EQ(encoded("_x0041_x0042_"), R"("\u005fx0041\u005fx0042_")");
  EXPECT_EQ(encoded("\x01\xEF\xBF\xBF"), R"("\u0001\uffff")");
  EXPECT_EQ(encoded("_X000d_\x7F\xEF\xBB\xBF"), R"("\u005fX000d_\u007f\ufeff")");
}

TEST(Literal, WhatIsNoLiteralComesBackUnchanged) {
  for (const char* cell : {"plain", "\"", "\"open", "\"a\" and \"b\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
                           "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"raw\nline\"", " \"a\"", "\"a\" "}) {
    EXPECT_EQ(decoded(cell), cell);
  }
}

TEST(Literal, ReadsAllJsonEscapes) {
  EXPECT_EQ(decoded(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decoded(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(decoded(R"("\u0000")"), std::string(1, '\0'));
}

TEST(Literal, BareReplacementCharactersAreLosses) {
  EXPECT_TRUE(has_lost_character("x\xEF\xBF\xBD"));
  EXPECT_FALSE(has_lost_character("x\xEF\xBF\xBC"));
  EXPECT_FALSE(has_lost_character(encoded("\xEF\xBF\xBD")));
}

TEST(Literal, RandomTextComesBack) {
  test::RandomText random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random.next(40);
    const std::string literal = encoded(text);
    ASSERT_EQ(decoded(literal), text);
    ASSERT_EQ(decoded(needs_literal(text) ? literal : text), text);
    ASSERT_FALSE(has_lost_character(literal));
    for (const char c : literal) {
      ASSERT_GE(static_cast<unsigned char>(c), 0x20);
      ASSERT_NE(c, '\x7F');
    }
  }
}

TEST(Literal, LiteralsHoldNoPatternThatProgramsDecode) {
  test::RandomText random(2, "_xX0Fa9");
  for (int i = 0; i < 20'000; ++i) {
    const std::string literal = encoded(random.next(30));
    ASSERT_FALSE(needs_literal(literal.substr(0, literal.size() - 1))) << literal;
  }
}

}  // namespace
}  // namespace rehydra::codec
