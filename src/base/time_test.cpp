#include "base/time.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/rng.h"

namespace gantry {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Date, AgreesWithTheCLibrary) {
  for (std::int64_t day = -800000; day < 800000; day += 13) {
    const std::time_t second = day * 86400;
    std::tm t{};
    ::gmtime_r(&second, &t);
    const CivilDate date{t.tm_year + 1900, t.tm_mon + 1, t.tm_mday};
    ASSERT_EQ(civil_from_days(day), date) << day;
    ASSERT_EQ(days_from_civil(date), day);
  }
}

TEST(Date, KnowsWhichDaysExist) {
  EXPECT_TRUE(valid_date({2024, 2, 29}));
  EXPECT_TRUE(valid_date({2000, 2, 29}));
  EXPECT_FALSE(valid_date({1900, 2, 29}));
  EXPECT_FALSE(valid_date({2026, 2, 29}));
  EXPECT_FALSE(valid_date({2026, 4, 31}));
  EXPECT_FALSE(valid_date({2026, 0, 1}));
  EXPECT_FALSE(valid_date({2026, 13, 1}));
  EXPECT_FALSE(valid_date({2026, 1, 0}));
  EXPECT_FALSE(valid_date({2026, 1, 32}));
}

TEST(Date, ReadsAndWrites) {
  ASSERT_TRUE(parse_date("2026-11-22").ok());
  EXPECT_EQ(*parse_date("2026-11-22"), (CivilDate{2026, 11, 22}));
  EXPECT_EQ(format_date({7, 1, 2}), "0007-01-02");
  for (const char* text :
       {"", "2026-11-2", "2026-11-222", "2026-02-29", "2026/11/22", "26-11-22", "+026-11-22",
        "2026-1a-22", "2026-11-22 ", " 2026-11-22", "-026-11-22", "２026-11-22"})
    EXPECT_FALSE(parse_date(text).ok()) << text;
  EXPECT_EQ(parse_date("22.11.2026").error().message,
            "'22.11.2026' is not a date; write it as 2026-11-22");
}

TEST(Time, SplitsIntoDayAndTime) {
  for (const std::int64_t us :
       {kMin, kMin + 1, -days(1).us - 1, -days(1).us, std::int64_t{-1}, std::int64_t{0},
        std::int64_t{1}, days(1).us - 1, days(1).us, kMax}) {
    const auto [day, rest] = split_days(us);
    EXPECT_GE(rest, 0) << us;
    EXPECT_LT(rest, days(1).us) << us;
    // Modulo 2^64, because the first day of all is cut in two by the range.
    EXPECT_EQ(static_cast<std::uint64_t>(day) * static_cast<std::uint64_t>(days(1).us) +
                  static_cast<std::uint64_t>(rest),
              static_cast<std::uint64_t>(us));
  }
}

TEST(Instant, WritesRfc3339) {
  EXPECT_EQ(format_instant({}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_instant({-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_instant({1795341600123456}), "2026-11-22T10:00:00.123456Z");
  EXPECT_EQ(format_instant({kMax}), "294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(format_instant({kMin}), "-290308-12-21T19:59:05.224192Z");
}

TEST(Instant, ReadsRfc3339) {
  const auto us = [](std::string_view text) {
    const auto instant = parse_instant(text);
    EXPECT_TRUE(instant.ok()) << text;
    return instant.ok() ? instant->us : -1;
  };
  constexpr std::int64_t kTen = 1795341600000000;
  EXPECT_EQ(us("2026-11-22T10:00:00Z"), kTen);
  EXPECT_EQ(us("2026-11-22t10:00:00z"), kTen);
  EXPECT_EQ(us("2026-11-22T18:00:00+08:00"), kTen);
  EXPECT_EQ(us("2026-11-22T04:30:00-05:30"), kTen);
  EXPECT_EQ(us("2026-11-22T10:00:00.5Z"), kTen + 500000);
  EXPECT_EQ(us("2026-11-22T10:00:00.000001Z"), kTen + 1);
  EXPECT_EQ(us("2026-11-22T10:00:00.123456999+00:00"), kTen + 123456);
  EXPECT_EQ(us("1969-12-31T23:59:59.999999Z"), -1);
}

TEST(Instant, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T10:00Z",
                           "2026-11-22T10:00:00",
                           "2026-11-22 10:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T10:60:00Z",
                           "2026-11-22T10:00:60Z",
                           "2026-02-30T10:00:00Z",
                           "2026-11-22T10:00:00.Z",
                           "2026-11-22T10:00:00.1234567890Z",
                           "2026-11-22T10:00:00ZZ",
                           "2026-11-22T10:00:00+8:00",
                           "2026-11-22T10:00:00+0800",
                           "2026-11-22T10:00:00+24:00",
                           "2026-11-22T10:00:00+08:60",
                           "2026-11-22T10:00:00+08:00x",
                           "2026-11-22T10:00:00 Z",
                           "2026-11-22T-1:00:00Z",
                           "2026-11-22T10:00:00.5"})
    EXPECT_FALSE(parse_instant(text).ok()) << text;
}

TEST(Instant, SurvivesWritingAndReading) {
  Rng rng(1);
  for (int i = 0; i < 10000; ++i) {
    const Instant instant{static_cast<std::int64_t>(rng.below(253402300799000000u))};
    const auto read = parse_instant(format_instant(instant));
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(*read, instant);
  }
}

TEST(Duration, Reads) {
  const auto us = [](std::string_view text) {
    const auto duration = parse_duration(text);
    EXPECT_TRUE(duration.ok()) << text;
    return duration.ok() ? *duration : Duration{-1};
  };
  EXPECT_EQ(us("10s"), seconds(10));
  EXPECT_EQ(us("1h30m"), minutes(90));
  EXPECT_EQ(us("1m30ms"), milliseconds(60030));
  EXPECT_EQ(us("2d3h4m5s6ms7us"),
            days(2) + hours(3) + minutes(4) + seconds(5) + milliseconds(6) + microseconds(7));
  EXPECT_EQ(us("0s"), Duration{});
  EXPECT_EQ(us("90m"), minutes(90));
  EXPECT_EQ(us("400000d"), days(400000));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text :
       {"",        "10",           "s",     "-5s",  "-0s", "+5s", "1.5h", "1h 30m",
        " 1h",     "1h ",          "30m1h", "1m1m", "1w",  "1H",  "1h30", "99999999999999999999s",
        "400001d", "34560000001s", "１s",   "1h-5m"})
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  EXPECT_EQ(parse_duration("400001d").error().message, "'400001d' is too long; at most 400000d");
}

TEST(Duration, Writes) {
  EXPECT_EQ(format_duration({}), "0s");
  EXPECT_EQ(format_duration(minutes(90)), "1h30m");
  EXPECT_EQ(format_duration(milliseconds(-1500)), "-1s500ms");
  EXPECT_EQ(format_duration({kMin}), "-106751991d4h54s775ms808us");
  EXPECT_EQ(format_duration({kMax}), "106751991d4h54s775ms807us");
}

TEST(Duration, SurvivesWritingAndReading) {
  Rng rng(2);
  for (int i = 0; i < 10000; ++i) {
    const Duration duration{static_cast<std::int64_t>(rng.below(1ull << (1 + rng.below(54))))};
    const auto read = parse_duration(format_duration(duration));
    ASSERT_TRUE(read.ok()) << format_duration(duration);
    ASSERT_EQ(*read, duration);
  }
}

}  // namespace
}  // namespace gantry
