// Job: titles that every program accepts, unique whatever the case, still recognisable.
// Covers: sheet_title() of codec/workbook_writer.h.
#include <gtest/gtest.h>

#include <set>

#include "codec/overflow.h"
#include "codec/workbook_writer.h"
#include "random_text.h"

namespace rehydra::codec {
namespace {

std::string title(std::string_view wanted) {
  std::vector<std::string> taken;
  return sheet_title(wanted, taken);
}

TEST(SheetTitle, ValidNamesStay) {
  EXPECT_EQ(title("Accounts Summary"), "Accounts Summary");
  EXPECT_EQ(title("K\xC3\xA4ufer & Co. (1)"), "K\xC3\xA4ufer & Co. (1)");
}

TEST(SheetTitle, WhatProgramsRefuseGoes) {
  EXPECT_EQ(title("a/b:c*d?e\\f[g]"), "a b c d e f g");
  EXPECT_EQ(title("'quoted'"), "quoted");
  EXPECT_EQ(title("_overflow"), "overflow");
  EXPECT_EQ(title("it's"), "it's");
  for (const char* nothing : {"", "   ", "''", "???", "___"}) {
    EXPECT_EQ(title(nothing), "Sheet") << nothing;
  }
}

TEST(SheetTitle, ReservedNamesGetANumber) {
  EXPECT_EQ(title("overview"), "overview (2)");
  EXPECT_EQ(title("History"), "History (2)");
}

TEST(SheetTitle, TheSameAgainIsItsContinuation) {
  std::vector<std::string> taken;
  EXPECT_EQ(sheet_title("Accounts", taken), "Accounts");
  EXPECT_EQ(sheet_title("ACCOUNTS", taken), "ACCOUNTS (2)");
  EXPECT_EQ(sheet_title("Accounts", taken), "Accounts (3)");
  EXPECT_EQ(sheet_title("\xC3\x84rger", taken), "\xC3\x84rger");
  EXPECT_EQ(sheet_title("\xC3\xA4rger", taken), "\xC3\xA4rger (2)");
  EXPECT_EQ(taken.size(), 5U);
}

TEST(SheetTitle, LongNamesAreCutBetweenCharactersAndKeepTheirNumber) {
  const std::string wide = "\xF0\x9F\x98\x80\xF0\x9F\x98\x80 quite a long name of a table";
  std::vector<std::string> taken;
  const std::string first = sheet_title(wide, taken);
  const std::string second = sheet_title(wide, taken);
  EXPECT_LE(utf16_units(first), 31U);
  EXPECT_LE(utf16_units(second), 31U);
  EXPECT_TRUE(second.ends_with(" (2)")) << second;
  EXPECT_EQ(sheet_title(std::string(40, 'x'), taken), std::string(31, 'x'));
  EXPECT_EQ(sheet_title(std::string(40, 'x'), taken), std::string(27, 'x') + " (2)");
}

TEST(SheetTitle, RandomNamesAreValidAndUnique) {
  test::RandomText random(10);
  std::vector<std::string> taken;
  for (int i = 0; i < 500; ++i) {
    const std::string made = sheet_title(random.next(50), taken);
    ASSERT_LE(utf16_units(made), 31U);
    ASSERT_EQ(made.find_first_of("[]:*?/\\\r\n\t"), std::string::npos);
    ASSERT_FALSE(made.starts_with('\'') || made.ends_with('\'') || made.starts_with('_')) << made;
  }
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), taken.size());
}

}  // namespace
}  // namespace rehydra::codec
