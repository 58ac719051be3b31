#include "base/rng.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

using Times = std::vector<std::string>;

struct Row {
  const char* cron;
  const char* zone;
  const char* from;  // exclusive
  Times expected;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    EXPECT_EQ(
        firings(cron_in(row.cron, row.zone), utc(row.from), static_cast<int>(row.expected.size())),
        row.expected)
        << row.cron << " in " << row.zone;
}

TEST(CronNext, PlainExpressionsInUtc) {
  expect_rows({
      {"* * * * *", "UTC", "2026-12-31 23:58", {"2026-12-31 23:59", "2027-01-01 00:00"}},
      {"15 10 * * *", "UTC", "2026-11-22 10:14", {"2026-11-22 10:15", "2026-11-23 10:15"}},
      {"15 10 * * *", "UTC", "2026-11-22 10:15", {"2026-11-23 10:15"}},
      {"0 0 1 * *", "UTC", "2026-11-01 00:00", {"2026-12-01 00:00", "2027-01-01 00:00"}},
      {"0 0 31 * *", "UTC", "2026-01-31 00:00", {"2026-03-31 00:00", "2026-05-31 00:00"}},
      {"30 9 * * MON-FRI", "UTC", "2026-11-20 09:30", {"2026-11-23 09:30", "2026-11-24 09:30"}},
      {"0 12 * * SUN", "UTC", "2026-11-22 11:59", {"2026-11-22 12:00", "2026-11-29 12:00"}},
      {"59 23 31 12 *", "UTC", "2026-12-31 23:59", {"2027-12-31 23:59"}},
      {"0 3 * * *", "Asia/Shanghai", "2026-11-22 10:00", {"2026-11-22 19:00"}},
      {"0 0 * * *", "Asia/Kolkata", "2026-11-22 10:00", {"2026-11-22 18:30"}},
      {"0 0 * * *", "Pacific/Kiritimati", "2026-11-22 10:00", {"2026-11-23 10:00"}},
      {"0 0 * * *", "Pacific/Pago_Pago", "2026-11-22 11:00", {"2026-11-23 11:00"}},
  });
}

TEST(CronNext, BothDayFieldsRestrictedMeansEither) {
  expect_rows({
      {"0 0 13 * FRI",
       "UTC",
       "2026-11-06 00:00",
       {"2026-11-13 00:00", "2026-11-20 00:00", "2026-11-27 00:00", "2026-12-04 00:00",
        "2026-12-11 00:00", "2026-12-13 00:00"}},
      {"0 0 */2 * FRI", "UTC", "2026-11-06 00:00", {"2026-11-13 00:00", "2026-11-27 00:00"}},
      {"0 0 30 2 MON", "UTC", "2026-02-20 00:00", {"2026-02-23 00:00", "2027-02-01 00:00"}},
  });
}

TEST(CronNext, LeapDays) {
  expect_rows({
      {"0 0 29 2 *", "UTC", "2026-11-22 00:00", {"2028-02-29 00:00", "2032-02-29 00:00"}},
      {"0 0 29 2 *", "UTC", "2096-03-01 00:00", {"2104-02-29 00:00"}},
  });
}

// The tables of Airflow's tests for its cron timetables; the row of the repeated hour is ours.
TEST(CronNext, AirflowTablesOfDaylightSaving) {
  expect_rows({
      {"0 3 * * *",
       "Europe/Zurich",
       "2023-03-23 12:00",
       {"2023-03-24 02:00", "2023-03-25 02:00", "2023-03-26 01:00", "2023-03-27 01:00"}},
      {"0 2 * * *",
       "Europe/Zurich",
       "2023-03-23 12:00",
       {"2023-03-24 01:00", "2023-03-25 01:00", "2023-03-26 01:00", "2023-03-27 00:00"}},
      {"0 3 * * *",
       "Europe/Zurich",
       "2023-10-26 12:00",
       {"2023-10-27 01:00", "2023-10-28 01:00", "2023-10-29 02:00", "2023-10-30 02:00"}},
      {"0 2 * * *",
       "Europe/Zurich",
       "2023-10-26 12:00",
       {"2023-10-27 00:00", "2023-10-28 00:00", "2023-10-29 00:00", "2023-10-30 01:00"}},
      {"*/30 * * * *",
       "Europe/Zurich",
       "2023-10-28 23:00",
       {"2023-10-28 23:30", "2023-10-29 00:00", "2023-10-29 00:30", "2023-10-29 01:00",
        "2023-10-29 01:30", "2023-10-29 02:00"}},
      {"0 7-8 * * *",
       "America/Los_Angeles",
       "2020-03-07 12:00",
       {"2020-03-07 15:00", "2020-03-07 16:00", "2020-03-08 14:00", "2020-03-08 15:00"}},
      {"0 7,9 * * *",
       "America/Los_Angeles",
       "2020-03-07 12:00",
       {"2020-03-07 15:00", "2020-03-07 17:00", "2020-03-08 14:00", "2020-03-08 16:00"}},
      {"0 2 * * *",
       "America/New_York",
       "2024-03-08 12:00",
       {"2024-03-09 07:00", "2024-03-10 07:00", "2024-03-11 06:00"}},
      {"0 2 * * *", "America/New_York", "2024-03-10 07:30", {"2024-03-11 06:00"}},
      {"0 1 * * *",
       "America/New_York",
       "2024-11-02 12:00",
       {"2024-11-03 05:00", "2024-11-04 06:00"}},
      {"0 1 * * *", "America/New_York", "2024-11-03 05:30", {"2024-11-04 06:00"}},
      {"20 */4 * * *",
       "America/Los_Angeles",
       "2023-03-12 07:00",
       {"2023-03-12 08:20", "2023-03-12 11:20", "2023-03-12 15:20"}},
  });
}

TEST(CronNext, GapsOfOtherZones) {
  expect_rows({
      {"30 2 * * *",
       "Australia/Sydney",
       "2024-10-05 00:00",
       {"2024-10-05 16:00", "2024-10-06 15:30"}},
      {"30 2 * * *",
       "Australia/Sydney",
       "2024-04-05 20:00",
       {"2024-04-06 15:30", "2024-04-07 16:30"}},
      // Half an hour only.
      {"15 2 * * *",
       "Australia/Lord_Howe",
       "2024-10-05 00:00",
       {"2024-10-05 15:30", "2024-10-06 15:15"}},
      {"45 1 * * *",
       "Australia/Lord_Howe",
       "2024-04-06 00:00",
       {"2024-04-06 14:45", "2024-04-07 15:15"}},
      // Midnight itself is missing.
      {"0 0 * * *", "Africa/Cairo", "2024-04-25 12:00", {"2024-04-25 22:00", "2024-04-26 21:00"}},
      // A whole day is missing: 30 December 2011.
      {"0 12 * * *",
       "Pacific/Apia",
       "2011-12-29 12:00",
       {"2011-12-29 22:00", "2011-12-30 10:00", "2011-12-30 22:00"}},
  });
}

TEST(CronNext, SeveralInOneGapAreOne) {
  expect_rows({
      {"0,15,30,45 2 * * *",
       "America/New_York",
       "2024-03-10 06:00",
       {"2024-03-10 07:00", "2024-03-11 06:00", "2024-03-11 06:15"}},
      // The one at 3:00 coincides with the one that was missed.
      {"0 2,3 * * *",
       "America/New_York",
       "2024-03-10 06:00",
       {"2024-03-10 07:00", "2024-03-11 06:00"}},
  });
}

TEST(CronNext, LeadingStarsFollowElapsedTime) {
  expect_rows({
      {"30 * * * *",
       "America/New_York",
       "2024-11-03 05:00",
       {"2024-11-03 05:30", "2024-11-03 06:30", "2024-11-03 07:30"}},
      {"*/30 1 * * *",
       "America/New_York",
       "2024-11-03 04:59",
       {"2024-11-03 05:00", "2024-11-03 05:30", "2024-11-03 06:00", "2024-11-03 06:30",
        "2024-11-04 06:00"}},
      {"*/30 2 * * *", "America/New_York", "2024-03-10 05:00", {"2024-03-11 06:00"}},
      // The same times written out are times of day.
      {"0,30 1 * * *",
       "America/New_York",
       "2024-11-03 04:59",
       {"2024-11-03 05:00", "2024-11-03 05:30", "2024-11-04 06:00"}},
      {"0,30 2 * * *",
       "America/New_York",
       "2024-03-10 05:00",
       {"2024-03-10 07:00", "2024-03-11 06:00"}},
  });
}

TEST(CronNext, BeyondTheTransitionsThatZoneFilesList) {
  expect_rows({
      {"0 2 * * *",
       "America/New_York",
       "2050-03-12 12:00",
       {"2050-03-13 07:00", "2050-03-14 06:00"}},
      {"0 12 * * *", "Europe/Berlin", "2060-07-01 00:00", {"2060-07-01 10:00"}},
  });
}

TEST(CronNext, DaysFromTheEnd) {
  expect_rows({
      {"0 0 L * *",
       "UTC",
       "2028-01-31 00:00",
       {"2028-02-29 00:00", "2028-03-31 00:00", "2028-04-30 00:00"}},
      {"0 0 L-2 * ?", "UTC", "2026-02-01 00:00", {"2026-02-26 00:00", "2026-03-29 00:00"}},
      {"0 0 L-30 * ?", "UTC", "2026-01-01 00:00", {"2026-03-01 00:00", "2026-05-01 00:00"}},
      {"0 0 1,L 2 *", "UTC", "2026-01-01 00:00", {"2026-02-01 00:00", "2026-02-28 00:00"}},
      {"0 0 L 6 SUN",
       "UTC",
       "2026-06-01 00:00",
       {"2026-06-07 00:00", "2026-06-14 00:00", "2026-06-21 00:00", "2026-06-28 00:00",
        "2026-06-30 00:00"}},
  });
}

TEST(CronNext, NearestWorkingDays) {
  expect_rows({
      // 2026-08-15 is a Saturday, 2026-11-15 a Sunday.
      {"0 0 15W 8,11 ?", "UTC", "2026-01-01 00:00", {"2026-08-14 00:00", "2026-11-16 00:00"}},
      // Never in another month: 2026-08-01 is a Saturday, 2026-05-31 a Sunday.
      {"0 0 1W 8 ?", "UTC", "2026-01-01 00:00", {"2026-08-03 00:00"}},
      {"0 0 31W 5 ?", "UTC", "2026-01-01 00:00", {"2026-05-29 00:00"}},
      {"0 0 31W * ?", "UTC", "2026-08-01 00:00", {"2026-08-31 00:00", "2026-10-30 00:00"}},
      // 2026-02-28 is a Saturday, 2026-05-31 a Sunday.
      {"0 0 LW * ?",
       "UTC",
       "2026-02-01 00:00",
       {"2026-02-27 00:00", "2026-03-31 00:00", "2026-04-30 00:00", "2026-05-29 00:00"}},
  });
}

TEST(CronNext, WeekdaysOfTheMonth) {
  expect_rows({
      {"0 0 ? * MON#1", "UTC", "2026-06-02 00:00", {"2026-07-06 00:00", "2026-08-03 00:00"}},
      {"0 0 * * FRI#5", "UTC", "2026-02-01 00:00", {"2026-05-29 00:00", "2026-07-31 00:00"}},
      {"0 0 * * 5L", "UTC", "2026-02-01 00:00", {"2026-02-27 00:00", "2026-03-27 00:00"}},
      {"0 0 * * 0L,1#1",
       "UTC",
       "2026-05-01 00:00",
       {"2026-05-04 00:00", "2026-05-31 00:00", "2026-06-01 00:00"}},
      {"0 0 ? 2 5#5", "UTC", "2026-01-01 00:00", {"2036-02-29 00:00", "2064-02-29 00:00"}},
      {"0 0 ? 2 5#5", "UTC", "2093-01-01 00:00", {"2104-02-29 00:00"}},
  });
}

TEST(CronNext, Seconds) {
  const Cron cron = cron_in("*/20 59 23 31 12 ?", "UTC");
  const Instant eve = utc("2026-12-31 23:59");
  EXPECT_EQ(next_after(cron, eve - seconds(1)), eve);
  EXPECT_EQ(next_after(cron, eve), eve + seconds(20));
  EXPECT_EQ(next_after(cron, eve + milliseconds(20'001)), eve + seconds(40));
  EXPECT_EQ(next_after(cron, eve + seconds(40)), eve + days(365));
  // In a gap a time of day is once, in a repeated hour at its first passing; elapsed time follows.
  const Cron daily = cron_in("0,30 30 2 * * *", "Europe/Berlin");
  EXPECT_EQ(firings(daily, utc("2026-03-28 12:00"), 2),
            (Times{"2026-03-29 01:00", "2026-03-30 00:30"}));
  EXPECT_EQ(firings(daily, utc("2026-10-24 12:00"), 3),
            (Times{"2026-10-25 00:30", "2026-10-25 00:30", "2026-10-26 01:30"}));
  const Cron hourly = cron_in("5 30 * * * *", "Europe/Berlin");
  EXPECT_EQ(next_after(hourly, utc("2026-10-25 00:31")), utc("2026-10-25 01:30") + seconds(5));
}

TEST(CronNext, WhatFitsOnlyIntoGapsInAWrittenExpression) {
  EXPECT_FALSE(next_after(cron_in("* 2 ? 3 SUN#2", "America/New_York"), utc("2026-11-22 00:00")));
  // Also where the search leaps over spans: before that hour was left out it was there.
  EXPECT_EQ(firings(cron_in("* 2 ? 3 SUN#2", "America/New_York"), utc("1995-01-01 00:00"), 1),
            Times{"1995-03-12 07:00"});
}

TEST(CronNext, LeapDaysOnSundaysAreFortyYearsApartAround2100) {
  Cron cron = cron_in("0 0 29 2 *", "UTC");
  cron.fields.weekdays = 1;
  EXPECT_EQ(firings(cron, utc("2088-03-01 00:00"), 1), Times{"2128-02-29 00:00"});
}

TEST(CronNext, WhatFitsOnlyIntoGapsNeverFires) {
  // Sundays 8 to 14 March, 2:00 to 2:59: exactly the hour that New York leaves out.
  Cron cron = cron_in("* 2 8-14 3 *", "America/New_York");
  cron.fields.weekdays = 1;
  EXPECT_FALSE(next_after(cron, utc("2026-11-22 00:00")));
  cron.zone = Zone();
  EXPECT_EQ(firings(cron, utc("2026-11-22 00:00"), 1), Times{"2027-03-14 02:00"});
}

TEST(CronNext, SetsThatNeverMatchEnd) {
  Cron never;
  EXPECT_FALSE(next_after(never, utc("2026-11-22 00:00")));
  never.fields = parse_cron("0 0 28 2 *")->fields;
  never.fields.days = 1u << 30;  // 30 February
  EXPECT_FALSE(next_after(never, utc("2026-11-22 00:00")));
  never.fields.elapsed_time = true;
  EXPECT_FALSE(next_after(never, utc("2026-11-22 00:00")));
  never.fields.days = 1u << 29;
  never.fields.hours = 0;
  EXPECT_FALSE(next_after(never, utc("2026-11-22 00:00")));
  never.fields.hours = 1;
  never.fields.minutes = 0;
  EXPECT_FALSE(next_after(never, utc("2026-11-22 00:00")));
}

TEST(CronNext, EndsOfTime) {
  const Cron daily = cron_in("0 0 * * *", "Europe/Berlin");
  const Cron each_minute = cron_in("* * * * *", "Europe/Berlin");
  for (const Cron& cron : {daily, each_minute, Cron{daily.fields, Zone()}}) {
    EXPECT_FALSE(next_after(cron, Instant::max()));
    EXPECT_FALSE(next_after(cron, utc("9999-12-31 00:00")));
    EXPECT_FALSE(next_after(cron, utc("9998-12-31 23:59")));
    const auto first = next_after(cron, Instant{std::numeric_limits<std::int64_t>::min()});
    ASSERT_TRUE(first);
    EXPECT_GE(*first, utc("1900-01-01 00:00"));
  }
  EXPECT_EQ(firings(each_minute, Instant{-1}, 1), Times{"1970-01-01 00:00"});
  EXPECT_EQ(firings(each_minute, Instant{0}, 1), Times{"1970-01-01 00:01"});
  EXPECT_EQ(firings(cron_in("0 0 * * *", "UTC"), utc("1969-12-30 23:59"), 2),
            (Times{"1969-12-31 00:00", "1970-01-01 00:00"}));
}

TEST(CronNext, IsStrictlyAfterToTheMicrosecond) {
  const Cron cron = cron_in("0 10 * * *", "Europe/Berlin");
  const Instant firing = utc("2026-11-22 09:00");
  EXPECT_EQ(next_after(cron, firing - microseconds(1)), firing);
  EXPECT_EQ(next_after(cron, firing), firing + days(1));
  EXPECT_EQ(next_after(cron, firing + microseconds(1)), firing + days(1));
}

}  // namespace
}  // namespace gantry::schedule
