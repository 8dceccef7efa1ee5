// Job: the strict reader of JSON and of Python's notation of it (codec/python_literal.h).
#include "codec/python_literal.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "failure_of.h"

namespace rehydra::codec {
namespace {

const Limits limits;

std::string json(std::string_view text) {
  return json_of_literal(text, limits);
}

bool same(std::string_view left, std::string_view right) {
  return comparable_literal(left, limits) == comparable_literal(right, limits);
}

TEST(PythonLiteral, PythonNotationBecomesJson) {
  EXPECT_EQ(json("{'a': True, 'b': None, 'c': [False, 1.50, -2e3]}"), R"({"a":true,"b":null,"c":[false,1.50,-2e3]})");
  EXPECT_EQ(json("()"), "[]");
  EXPECT_EQ(json("('x',)"), R"(["x"])");
  EXPECT_EQ(json("(1, (2, 3), [])"), "[1,[2,3],[]]");
  EXPECT_EQ(json(R"("O'Brien")"), R"("O'Brien")");
  EXPECT_EQ(json(R"('say "hi"')"), R"("say \"hi\"")");
}

TEST(PythonLiteral, EscapesOfBothNotations) {
  EXPECT_EQ(json(R"('it\'s\n\t\\')"), R"("it's\n\t\\")");
  EXPECT_EQ(json(R"('\x41\u00eb\U0001f680')"), "\"A\u00eb\U0001f680\"");
  EXPECT_EQ(json(R"("\ud83d\ude80\/\b")"), "\"\U0001f680/\\b\"");
  EXPECT_EQ(json(R"('\x00')"), R"("\u0000")");
  EXPECT_EQ(json("'株式'"), "\"株式\"");
}

TEST(PythonLiteral, JsonStaysTheSameValue) {
  EXPECT_EQ(json(R"( {"a" : [1, 2.50, true, null, "x"]} )"), R"({"a":[1,2.50,true,null,"x"]})");
  EXPECT_EQ(json("12345678901234567890123"), "12345678901234567890123");
}

class Refused : public testing::TestWithParam<const char*> {};

TEST_P(Refused, WithTheCharacter) {
  test::expect_failure(
      ErrorKind::bad_value, [] { (void)json(GetParam()); }, "character ");
}

INSTANTIATE_TEST_SUITE_P(PythonLiteral, Refused,
                         testing::Values("__import__('os').system('id')", "{'a': __import__('os')}",
                                         "open('/etc/passwd')", "1 + 1", "[x for x in ()]", "{1, 2}", "{'a', 'b'}",
                                         "{1: 'a'}", "{None: 1}", "(1)", "[1,]", "{'a': 1,}", "[1 2]", "[1", "'a",
                                         "{'a'", "b'a'", "u'a'", "r'a'", "f'{1}'", "'a' 'b'", "0x10", "1_000", "01",
                                         "-01", "1.", ".5", "+1", "1e", "1j", "nan", "NaN", "Infinity", "-Infinity",
                                         "datetime.datetime(2024, 1, 1)", "Decimal('1')", "lambda: 0", "true false",
                                         "nul", "", "   ", "'\\q'", "'\\xg1'", "'\\ud83d'", "'\\ude80'",
                                         "'\\ud83d\\u0041'", "'\\U00110000'", "'a\nb'", "...", "-", "[,]", "(,)", "{,}",
                                         "{'a':}", "\"\"\"a\"\"\""));

TEST(PythonLiteral, DepthAndSizeAreLimited) {
  Limits tight;
  tight.json_depth = 3;
  tight.text_bytes = 20;
  EXPECT_EQ(json_of_literal("[[[1]]]", tight), "[[[1]]]");
  test::expect_failure(
      ErrorKind::limit_exceeded, [&] { (void)json_of_literal("[[({})]]", tight); }, "json_depth");
  test::expect_failure(
      ErrorKind::limit_exceeded, [&] { (void)json_of_literal("[1,2,3,4,5,6,7,8,9,0]", tight); }, "text_bytes");
  test::expect_failure(ErrorKind::limit_exceeded, [] { (void)json(std::string(1'000'000, '[')); });
}

TEST(PythonLiteral, ValuesAreCompared) {
  EXPECT_TRUE(same(R"({"a": 72.50, "b": [true, null]})", "{'b': [True, None], 'a': 72.5}"));
  EXPECT_TRUE(same("0.12345678901234567890123", "0.12345678901234568"));
  EXPECT_TRUE(same("1e2", "100.0"));
  EXPECT_TRUE(same(R"("w\u00f6rld")", "'wörld'"));
  EXPECT_TRUE(same(R"({"a": 1, "a": 2})", "{'a': 2}"));
  EXPECT_FALSE(same("12345678901234567890", "12345678901234567891"));
  EXPECT_FALSE(same("[1, 2]", "[2, 1]"));
  EXPECT_FALSE(same("\"1\"", "1"));
  EXPECT_FALSE(same("{'a': None}", "{}"));
}

TEST(PythonLiteral, CutTextsAreRecognised) {
  const std::string whole = R"({"r": [{"x": 5.10, "y": null}], "text": "long é text"})";
  for (std::string_view cut :
       {"{\"r\": [{\"x\": 5.", "{'r': [{'x': 5.1, 'y': Non", "{'r': [{'x': 5.1, 'y': None}], 'text': 'lon",
        R"({"r": [{"x": 5.1, "y": null}], "text": "long \u00)", "{", "{'r"}) {
    EXPECT_TRUE(is_cut_literal(cut, whole, limits)) << cut;
  }
  for (std::string_view other : {"{'r': [{'x': 5.2, 'y'", "{'q", "{'r': [{'x': 5.1, 'y': None}], 'text': 'Lon", "[1, ",
                                 "x{", R"({"r": [{"x": 5.1, "y": null}], "text": "long é text"})"}) {
    EXPECT_FALSE(is_cut_literal(other, whole, limits)) << other;
  }
}

TEST(PythonLiteral, WhatPythonTakesForFalse) {
  for (std::string_view empty : {"null", "{}", "[ ]", "0", "0.0", "-0", "\"\"", "false"}) {
    EXPECT_TRUE(is_empty_literal(empty, limits)) << empty;
  }
  for (std::string_view full : {"[0]", "1", "\"0\"", "true", "{\"a\": null}"}) {
    EXPECT_FALSE(is_empty_literal(full, limits)) << full;
  }
}

}  // namespace
}  // namespace rehydra::codec
