// Job: serials and ISO texts: every second comes back, borders are where the format says.
// Covers: codec/serial.h.
#include "codec/serial.h"
#include "codec/time_digits.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "random_text.h"

namespace rehydra::codec {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

std::string iso_date(std::int32_t days) {
  std::string out;
  append_iso_date(out, days);
  return out;
}

std::string iso_timestamp(std::int64_t micros, bool zone = false) {
  std::string out;
  append_iso_timestamp(out, micros, zone);
  return out;
}

std::string serial_text(std::int64_t micros) {
  std::string out;
  return append_timestamp_serial(out, micros) ? out : "none";
}

TEST(Serial, DatesAreNativeFromMarch1900ToTheEndOf9999) {
  EXPECT_EQ(date_serial(0), 36'526);
  EXPECT_EQ(date_serial(-36'465), 61);
  EXPECT_EQ(date_serial(-36'466), std::nullopt);
  EXPECT_EQ(date_serial(2'921'939), 2'958'465);
  EXPECT_EQ(date_serial(2'921'940), std::nullopt);
}

TEST(Serial, EveryDateComesBack) {
  for (std::int32_t days = -36'465; days <= 2'921'939; ++days) {
    const auto serial = date_serial(days);
    ASSERT_TRUE(serial.has_value());
    ASSERT_EQ(date_of_serial(static_cast<double>(*serial), false), days);
  }
}

// Counted on a calendar, from before PostgreSQL's first date.
TEST(Serial, EveryDayHasItsDate) {
  std::int64_t year = -4'713;  // astronomical
  std::uint32_t month = 1, day = 1;
  for (std::int64_t days = -2'451'872; days < 2'922'306; ++days) {
    const Civil civil = civil_of(days);
    ASSERT_EQ(civil.year, year) << days;
    ASSERT_EQ(civil.month, month) << days;
    ASSERT_EQ(civil.day, day) << days;
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const bool short_month = month == 4 || month == 6 || month == 9 || month == 11;
    const std::uint32_t last = month == 2 ? (leap ? 29 : 28) : short_month ? 30 : 31;
    day = day == last ? 1 : day + 1;
    month = day != 1 ? month : month == 12 ? 1 : month + 1;
    year += day == 1 && month == 1 ? 1 : 0;
  }
  EXPECT_EQ(year, 10'001);
}

TEST(Serial, TheFarthestDaysHaveADate) {
  EXPECT_EQ(iso_date(2'145'031'948), "5874897-12-31");
  EXPECT_EQ(iso_date(-2'451'507), "4713-01-01 BC");
}

TEST(Serial, The1904SystemIsShifted) {
  EXPECT_EQ(date_of_serial(0, true), date_of_serial(1'462, false));
  EXPECT_EQ(timestamp_of_serial(0.5, true), timestamp_of_serial(1'462.5, false));
}

TEST(Serial, ReadsNoDateOutsideOrWithTime) {
  for (const double serial : {60.0, 0.0, -1.0, 2'958'466.0, 1e300, 36'526.5, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(date_of_serial(serial, false), std::nullopt) << serial;
  }
  EXPECT_EQ(timestamp_of_serial(60.99, false), std::nullopt);
  EXPECT_EQ(timestamp_of_serial(std::numeric_limits<double>::quiet_NaN(), false), std::nullopt);
}

TEST(Serial, TimestampsAreNativeOnWholeSecondsOnly) {
  EXPECT_EQ(serial_text(0), "36526");
  EXPECT_EQ(serial_text(day / 2), "36526.5");
  EXPECT_EQ(serial_text(1), "none");
  EXPECT_EQ(serial_text(-1), "none");
  EXPECT_EQ(serial_text(-36'465 * day), "61");
  EXPECT_EQ(serial_text(-36'465 * day - second), "none");
  EXPECT_EQ(serial_text(2'921'940 * day - second).substr(0, 8), "2958465.");
  EXPECT_EQ(serial_text(2'921'940 * day), "none");
}

TEST(Serial, EverySecondOfSeveralDaysComesBack) {
  for (const std::int64_t start : {-36'465 * day, -day, 8'796 * day, 63'473 * day, 963'474 * day, 2'921'939 * day}) {
    for (std::int64_t at = start; at < start + day; at += second) {
      const std::string text = serial_text(at);
      ASSERT_LE(text.size(), 16U);
      ASSERT_EQ(timestamp_of_serial(std::strtod(text.c_str(), nullptr), false), at) << text;
    }
  }
}

TEST(Serial, NearASecondIsThatSecondElseMilliseconds) {
  const double noon = 36'526.5;
  EXPECT_EQ(timestamp_of_serial(noon + 0.0019 / 86'400, false), day / 2);
  EXPECT_EQ(timestamp_of_serial(noon - 0.0019 / 86'400, false), day / 2);
  EXPECT_EQ(timestamp_of_serial(noon + 0.25 / 86'400, false), day / 2 + 250'000);
}

TEST(Serial, IsoDates) {
  EXPECT_EQ(iso_date(0), "2000-01-01");
  EXPECT_EQ(iso_date(59), "2000-02-29");
  EXPECT_EQ(iso_date(-36'466), "1900-02-28");
  EXPECT_EQ(iso_date(2'921'940), "10000-01-01");
  EXPECT_EQ(iso_date(2'145'031'948), "5874897-12-31");
  EXPECT_EQ(iso_date(-730'119), "0001-01-01");
  EXPECT_EQ(iso_date(-730'120), "0001-12-31 BC");
  EXPECT_EQ(iso_date(-2'451'545), "4714-11-24 BC");
  EXPECT_EQ(iso_date(std::numeric_limits<std::int32_t>::max()), "infinity");
  EXPECT_EQ(iso_date(std::numeric_limits<std::int32_t>::min()), "-infinity");
}

TEST(Serial, IsoDatesFollowTheCalendar) {
  constexpr int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int32_t at = -730'119;
  for (int year = 1; year <= 2'500; ++year) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int month = 1; month <= 12; ++month) {
      char expected[32];
      std::snprintf(expected, sizeof expected, "%04d-%02d-01", year, month);
      ASSERT_EQ(iso_date(at), expected);
      at += days_in[month - 1] + (leap && month == 2 ? 1 : 0);
    }
  }
}

TEST(Serial, IsoTimestamps) {
  EXPECT_EQ(iso_timestamp(0), "2000-01-01 00:00:00");
  EXPECT_EQ(iso_timestamp(-1), "1999-12-31 23:59:59.999999");
  EXPECT_EQ(iso_timestamp(day - second + 10, true), "2000-01-01 23:59:59.000010Z");
  EXPECT_EQ(iso_timestamp(-730'120 * day, true), "0001-12-31 00:00:00Z BC");
  EXPECT_EQ(iso_timestamp(std::numeric_limits<std::int64_t>::max(), true), "infinity");
  EXPECT_EQ(iso_timestamp(std::numeric_limits<std::int64_t>::min()), "-infinity");
}

}  // namespace
}  // namespace rehydra::codec
