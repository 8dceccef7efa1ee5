// Job: what cells mean to each class of column.
#include "codec/cell_reader.h"

#include <gtest/gtest.h>

#include "codec/serial.h"

namespace rehydra::codec {
namespace {

Cell number(std::string_view text) {
  return {1, CellKind::number, false, text};
}
Cell text(std::string_view text) {
  return {1, CellKind::text, false, text};
}
Cell of(CellKind kind, std::string_view text) {
  return {1, kind, false, text};
}

std::string decimal(const Cell& cell) {
  std::string scratch;
  return std::string(read_decimal(cell, scratch).value_or("none"));
}
std::string shown(const Cell& cell) {
  std::string scratch;
  return std::string(read_text(cell, scratch).value_or("none"));
}

TEST(CellReader, ReadsIntegers) {
  for (const char* const forty_one : {"41", "41.0", "4.1E1", "4.1e+1", "+41", "0041", "410e-1", "41.000000000000004"}) {
    EXPECT_EQ(read_integer(number(forty_one)), 41) << forty_one;
  }
  EXPECT_EQ(read_integer(number("-0")), 0);
  EXPECT_EQ(read_integer(number("9223372036854775807")), INT64_MAX);
  EXPECT_EQ(read_integer(text("-9223372036854775808")), INT64_MIN);
  EXPECT_EQ(read_integer(number("999999999999999999")), 999'999'999'999'999'999);
  EXPECT_EQ(read_integer(number("-1000000000000000001")), -1'000'000'000'000'000'001);
  EXPECT_EQ(read_integer(text("+7")), 7);
  EXPECT_EQ(read_integer(text("\"7\"")), 7);
  for (const char* const no :
       {"", "-", "1.5", "1e19", "9223372036854775808", "1e99999999999", "0x10", "NaN", "1 2", "."}) {
    EXPECT_EQ(read_integer(number(no)), std::nullopt) << no;
    EXPECT_EQ(read_integer(text(no)), std::nullopt) << no;
  }
  for (const char* const no : {"41.0", "4E1", " 41", "41 ", "--1", "+-1"}) {
    EXPECT_EQ(read_integer(text(no)), std::nullopt) << no;
  }
  EXPECT_EQ(read_integer(of(CellKind::boolean, "1")), std::nullopt);
  EXPECT_EQ(read_integer(of(CellKind::error, "#N/A")), std::nullopt);
}

TEST(CellReader, ReadsDecimals) {
  for (const char* const same : {"12.5", "-0", "-0.001", "123456789012345", "1234567890.12345", "0012.5", "-00", "0",
                                 ".5", "5.", "100000000000000000000"}) {
    EXPECT_EQ(decimal(number(same)), same);
  }
  // Numbers whose last zeros count are written as text.
  EXPECT_EQ(decimal(number("5.0")), "5");
  EXPECT_EQ(decimal(number("12.50")), "12.5");
  EXPECT_EQ(decimal(number("1.230E+01")), "12.3");
  EXPECT_EQ(decimal(number("500e-2")), "5");
  EXPECT_EQ(decimal(number("-0.0E+00")), "-0");
  EXPECT_EQ(decimal(number("1E+20")), "100000000000000000000");
  EXPECT_EQ(decimal(number("1.0E300")), "1E+300");
  EXPECT_EQ(decimal(text("12.50")), "12.50");
  EXPECT_EQ(decimal(number("0.30000000000000004")), "0.3");
  EXPECT_EQ(decimal(number("1234567890123456")), "1234567890123460");
  EXPECT_EQ(decimal(number("0.99999999999999999")), "1");
  EXPECT_EQ(decimal(number("-9.9999999999999999E+99")), "-1E+100");
  EXPECT_EQ(decimal(number("1.2345678901234567E-7")), "1.23456789012346E-7");
  EXPECT_EQ(decimal(text("1234567890123456789.0123456789")), "1234567890123456789.0123456789");
  EXPECT_EQ(decimal(text("NaN")), "NaN");
  EXPECT_EQ(decimal(text("-Infinity")), "-Infinity");
  EXPECT_EQ(decimal(text("\"1\"")), "1");
  for (const char* const no : {"", "1,5", "1e", "e5", "1e5000", "1 ", "inf", "nan", "0x1p3", "1.2.3", "\xD9\xA1"}) {
    EXPECT_EQ(decimal(number(no)), "none") << no;
    EXPECT_EQ(decimal(text(no)), "none") << no;
  }
  EXPECT_EQ(decimal(number("NaN")), "none");
  EXPECT_EQ(decimal(of(CellKind::boolean, "1")), "none");
}

TEST(CellReader, ReadsBooleans) {
  EXPECT_EQ(read_boolean(of(CellKind::boolean, "1")), true);
  EXPECT_EQ(read_boolean(of(CellKind::boolean, "0")), false);
  EXPECT_EQ(read_boolean(number("1")), true);
  EXPECT_EQ(read_boolean(number("0.0")), false);
  EXPECT_EQ(read_boolean(number("2")), std::nullopt);
  for (const char* const yes : {"1", "Yes", "YES", "y", "true", "T"}) {
    EXPECT_EQ(read_boolean(text(yes)), true) << yes;
  }
  for (const char* const no : {"0", "No", "n", "False", "f"}) {
    EXPECT_EQ(read_boolean(text(no)), false) << no;
  }
  for (const char* const neither : {"", "on", "ja", "yess", "2", " yes"}) {
    EXPECT_EQ(read_boolean(text(neither)), std::nullopt) << neither;
  }
  EXPECT_EQ(read_boolean(of(CellKind::error, "#N/A")), std::nullopt);
}

TEST(CellReader, ReadsDates) {
  std::int32_t days = 0;
  EXPECT_EQ(read_date(number("36526"), false, days), Native::ok);
  EXPECT_EQ(days, 0);
  EXPECT_EQ(read_date(number("35064"), true, days), Native::ok);
  EXPECT_EQ(days, 0);
  EXPECT_EQ(read_date(number("36526.5"), false, days), Native::bad);
  EXPECT_EQ(read_date(number("1e300"), false, days), Native::bad);
  EXPECT_EQ(read_date(number("-5"), false, days), Native::bad);
  EXPECT_EQ(read_date(text("1999-12-31"), false, days), Native::ok);
  EXPECT_EQ(days, -1);
  EXPECT_EQ(read_date(of(CellKind::iso_date, "2000-01-02T00:00:00"), false, days), Native::ok);
  EXPECT_EQ(days, 1);
  EXPECT_EQ(read_date(text("2000-01-02 00:00:01"), false, days), Native::bad);
  EXPECT_EQ(read_date(text("2024-02-30"), false, days), Native::bad);
  EXPECT_EQ(read_date(text("0000-01-01"), false, days), Native::bad);
  for (const char* const other : {"infinity", "10000-01-01", "0044-03-15 BC", "31.12.1999", "", "2024-1-1"}) {
    EXPECT_EQ(read_date(text(other), false, days), Native::other) << other;
  }
  EXPECT_EQ(read_date(of(CellKind::boolean, "1"), false, days), Native::bad);
}

TEST(CellReader, ReadsEveryDayThatTheWriterWrites) {
  for (std::int32_t day = -800'000; day < 2'900'000; day += 997) {
    std::string iso;
    append_iso_date(iso, day);
    std::int32_t days = 0;
    if (iso.size() == 10) {
      EXPECT_EQ(read_date(text(iso), false, days), Native::ok);
      EXPECT_EQ(days, day) << iso;
    }
  }
}

TEST(CellReader, ReadsTimestamps) {
  std::int64_t micros = 0;
  EXPECT_EQ(read_timestamp(number("36526.5"), false, micros), Native::ok);
  EXPECT_EQ(micros, 43'200'000'000);
  EXPECT_EQ(read_timestamp(text("2000-01-01"), false, micros), Native::ok);
  EXPECT_EQ(micros, 0);
  EXPECT_EQ(read_timestamp(text("2000-01-01T00:00:01.5Z"), false, micros), Native::ok);
  EXPECT_EQ(micros, 1'500'000);
  EXPECT_EQ(read_timestamp(text("1999-12-31 23:59:59.999999"), false, micros), Native::ok);
  EXPECT_EQ(micros, -1);
  for (const char* const bad :
       {"2000-01-01 24:00:00", "2000-01-01 00:60:00", "2000-13-01 00:00:00", "2023-02-29 00:00:00"}) {
    EXPECT_EQ(read_timestamp(text(bad), false, micros), Native::bad) << bad;
  }
  for (const char* const other : {"2000-01-01 00:00", "2000-01-01 00:00:00+01", "2000-01-01 00:00:00.", "now",
                                  "2000-01-01 00:00:00.1234567", "2000-01-01 00:00:00ZZ", "12000-01-01 00:00:00"}) {
    EXPECT_EQ(read_timestamp(text(other), false, micros), Native::other) << other;
  }
}

TEST(CellReader, ReadsTexts) {
  EXPECT_EQ(shown(text("00123")), "00123");
  EXPECT_EQ(shown(text("\"\"")), "");
  EXPECT_EQ(shown(text("\"a\\r\\u0001\"")), "a\r\x01");
  EXPECT_EQ(shown(text("say \"x\"")), "say \"x\"");
  EXPECT_EQ(shown(of(CellKind::boolean, "1")), "TRUE");
  EXPECT_EQ(shown(of(CellKind::boolean, "0")), "FALSE");
  EXPECT_EQ(shown(of(CellKind::iso_date, "2024-01-01")), "2024-01-01");
  EXPECT_EQ(shown(of(CellKind::error, "#N/A")), "none");
  const std::pair<const char*, const char*> numbers[] = {{"41", "41"},
                                                         {"41.0", "41"},
                                                         {"4.1E1", "41"},
                                                         {"0.30000000000000004", "0.3"},
                                                         {"-0.50", "-0.5"},
                                                         {"-0", "0"},
                                                         {"491701234567", "491701234567"},
                                                         {"1E+21", "1E+21"},
                                                         {"1e20", "100000000000000000000"},
                                                         {"1e-7", "1E-7"},
                                                         {"0.000001", "0.000001"},
                                                         {"1e300", "1E+300"},
                                                         {"x", "none"}};
  for (const auto& [written, seen] : numbers) {
    EXPECT_EQ(shown(number(written)), seen) << written;
  }
}

TEST(CellReader, ReadsBase64) {
  const auto bytes = [](std::string_view base64) {
    std::string scratch;
    return std::string(read_base64(text(base64), scratch).value_or("none"));
  };
  EXPECT_EQ(bytes("Zm9vYmFy"), "foobar");
  EXPECT_EQ(bytes("Zm9v YmE=\n"), "fooba");
  EXPECT_EQ(bytes("Zg=="), "f");
  EXPECT_EQ(bytes("\"\""), "");
  EXPECT_EQ(bytes("////"), "\xFF\xFF\xFF");
  for (const char* const no : {"Zg", "Zg=", "Zg===", "Z", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v-A==", "=", "===="}) {
    EXPECT_EQ(bytes(no), "none") << no;
  }
  std::string scratch;
  EXPECT_EQ(read_base64(number("1234"), scratch), std::nullopt);
}

}  // namespace
}  // namespace rehydra::codec
