// Two members of one name in a JSON text, before a type that keeps one takes it.
#include "codec/json/repeated_member.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using rehydra::codec::has_repeated_member;

TEST(RepeatedMember, IsFoundAtAnyDepth) {
  EXPECT_TRUE(has_repeated_member(R"({"a": 1, "b": 2, "a": 1})"));
  EXPECT_TRUE(has_repeated_member(R"([1, {"x": [{"b" : 1, "c": {}, "b"	: 2}]}])"));
  EXPECT_TRUE(has_repeated_member(R"({"n": 1e400, "a": 1, "a": 2})"));
  EXPECT_TRUE(has_repeated_member(R"({"": 1, "": 2})"));
}

TEST(RepeatedMember, MeansNamesWithoutEscapes) {
  EXPECT_TRUE(has_repeated_member(R"({"\u0061": 1, "a": 2})"));
  EXPECT_TRUE(has_repeated_member(R"({"a\"b": 1, "a\u0022b": 2})"));
  EXPECT_FALSE(has_repeated_member(R"({"a\\": 1, "a": 2})"));
}

TEST(RepeatedMember, IsNoneWhereOneNameIsOfSeveralObjects) {
  EXPECT_FALSE(has_repeated_member(R"({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]})"));
  EXPECT_FALSE(has_repeated_member(R"({"a": "a", "b": "a", "c": "{\"a\":1,\"a\":2}"})"));
  EXPECT_FALSE(has_repeated_member(R"(["a", "a"])"));
  EXPECT_FALSE(has_repeated_member("12"));
}

TEST(RepeatedMember, ReadsAnyBytesToTheirEnd) {
  for (const std::string text : {"", "{", "}", "}}}{", "\"", "\"\\", "{\"a", "{\"a\"", "{\"a\\\":", "{\"\\u12\":1}"}) {
    EXPECT_FALSE(has_repeated_member(text)) << text;
  }
  std::string deep;
  for (int i = 0; i < 200'000; ++i) {
    deep += R"({"":)";
  }
  EXPECT_TRUE(has_repeated_member(deep));  // deeper than any server takes
}

}  // namespace
