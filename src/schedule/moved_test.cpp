// The oracle walks days one by one and moves each firing by itself.
#include "schedule/moved.h"

#include <map>

#include "schedule/calendar_testing.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

using Times = std::vector<std::string>;

Schedule with(Schedule schedule, std::shared_ptr<const Calendar> calendar, OnHoliday on_holiday,
              std::string_view zone = "UTC") {
  auto found = find_zone(zone);
  EXPECT_TRUE(found.ok());
  schedule.days = WorkingDays{std::move(calendar), on_holiday, *found};
  return schedule;
}

std::vector<Firing> all_in(const Schedule& schedule, Instant after, Instant until) {
  std::vector<Firing> out;
  for (auto next = next_firing(schedule, after); next && next->at <= until;
       next = next_firing(schedule, next->at))
    out.push_back(*next);
  return out;
}

CivilDate beside(CivilDate day, int by) { return civil_from_days(days_from_civil(day) + by); }

// By the words of schedule.h.
std::vector<Firing> oracle(const Schedule& schedule, Instant after, Instant until) {
  const WorkingDays& days = *schedule.days;
  std::map<Instant, Firing> out;
  std::map<Instant, std::int64_t> distance;
  for (auto named = next_named(schedule, after - gantry::days(400));
       named && *named <= until + gantry::days(400); named = next_named(schedule, *named)) {
    const CivilDate day = local_date(days.zone, *named);
    CivilDate to = day;
    std::int64_t moved = 0;
    while (!days.calendar->is_workday(to) && moved <= kMovedDaysMax) {
      to = beside(to, days.on_holiday == OnHoliday::After ? 1 : -1);
      ++moved;
    }
    if (moved > 0 && (days.on_holiday == OnHoliday::Skip || moved > kMovedDaysMax)) continue;
    const std::int64_t time_of_day =
        local_time(days.zone, *named).us - days_from_civil(day) * gantry::days(1).us;
    const Instant at =
        moved == 0
            ? *named
            : first_instant(days.zone, {days_from_civil(to) * gantry::days(1).us + time_of_day});
    const auto known = distance.find(at);
    if (known != distance.end() && known->second < moved) continue;
    distance[at] = moved;
    out[at] = Firing{at, *named};
  }
  std::vector<Firing> list;
  for (const auto& [at, firing] : out)
    if (at > after && at <= until) list.push_back(firing);
  return list;
}

// Shanghai, 9 o'clock on its clock is 1 o'clock in UTC.
Schedule daily(OnHoliday on_holiday) {
  return with(Schedule{cron_in("0 9 * * *", "Asia/Shanghai")}, october(), on_holiday,
              "Asia/Shanghai");
}

TEST(WorkingDays, SkipsTheHolidayAndRunsOnTheMakeUpDay) {
  EXPECT_EQ(firings(daily(OnHoliday::Skip), utc("2026-09-29 12:00"), 6),
            (Times{"2026-09-30 01:00", "2026-10-08 01:00", "2026-10-09 01:00", "2026-10-10 01:00",
                   "2026-10-12 01:00", "2026-10-13 01:00"}));
}

TEST(WorkingDays, WhatMeetsTheDaysOwnFiringIsIt) {
  for (const OnHoliday way : {OnHoliday::Before, OnHoliday::After}) {
    const auto moved = all_in(daily(way), utc("2026-09-29 12:00"), utc("2026-10-12 12:00"));
    const auto kept =
        all_in(daily(OnHoliday::Skip), utc("2026-09-29 12:00"), utc("2026-10-12 12:00"));
    EXPECT_EQ(moved, kept);
  }
}

// Both ends of the week: the first and the last day of it.
TEST(WorkingDays, MovesToTheNearestWorkingDay) {
  const auto on = [](const char* cron, OnHoliday way) {
    return *next_firing(with(Schedule{cron_in(cron, "UTC")}, october(), way),
                        utc("2026-09-15 00:00"));
  };
  EXPECT_EQ(on("0 9 1 10 *", OnHoliday::Before),
            (Firing{utc("2026-09-30 09:00"), utc("2026-10-01 09:00")}));
  EXPECT_EQ(on("0 9 7 10 *", OnHoliday::Before),
            (Firing{utc("2026-09-30 09:00"), utc("2026-10-07 09:00")}));
  EXPECT_EQ(on("0 9 1 10 *", OnHoliday::After),
            (Firing{utc("2026-10-08 09:00"), utc("2026-10-01 09:00")}));
  EXPECT_EQ(on("0 9 7 10 *", OnHoliday::After),
            (Firing{utc("2026-10-08 09:00"), utc("2026-10-07 09:00")}));
  EXPECT_EQ(on("0 9 11 10 *", OnHoliday::Before),  // to the make-up Saturday
            (Firing{utc("2026-10-10 09:00"), utc("2026-10-11 09:00")}));
  EXPECT_EQ(on("0 9 19 9 *", OnHoliday::After),  // to the make-up Sunday
            (Firing{utc("2026-09-20 09:00"), utc("2026-09-19 09:00")}));
}

TEST(WorkingDays, OfSeveralThatMeetTheNearestCounts) {
  const Schedule first_days{cron_in("0 9 1,3,5 10 *", "UTC")};
  const Instant from = utc("2026-09-15 00:00");
  const Instant until = utc("2026-12-31 00:00");
  EXPECT_EQ(all_in(with(first_days, october(), OnHoliday::After), from, until),
            (std::vector<Firing>{{utc("2026-10-08 09:00"), utc("2026-10-05 09:00")}}));
  EXPECT_EQ(all_in(with(first_days, october(), OnHoliday::Before), from, until),
            (std::vector<Firing>{{utc("2026-09-30 09:00"), utc("2026-10-01 09:00")}}));
}

// Sunday 2026-03-29 has no 02:30 in Berlin; on Monday it meets Monday's own.
TEST(WorkingDays, ATimeThatFellIntoAGapKeepsItsTimeOfDay) {
  const Schedule nightly = with(Schedule{cron_in("30 2 * * *", "Europe/Berlin")},
                                made(parts("plain", {})), OnHoliday::After, "Europe/Berlin");
  EXPECT_EQ(firings(nightly, utc("2026-03-27 12:00"), 2),
            (Times{"2026-03-30 00:30", "2026-03-31 00:30"}));
}

TEST(WorkingDays, BoundsAreOfWhatTheRuleNames) {
  Schedule monthly = with(Schedule{cron_in("0 9 3 10 *", "UTC")}, october(), OnHoliday::After);
  monthly.end = utc("2026-10-05 00:00");
  EXPECT_EQ(firings(monthly, utc("2026-09-15 00:00"), 3), Times{"2026-10-08 09:00"});
  monthly.end = utc("2026-10-03 09:00");
  EXPECT_FALSE(next_firing(monthly, utc("2026-09-15 00:00")));
}

TEST(WorkingDays, AJitterComesOnTop) {
  Schedule delayed = daily(OnHoliday::Skip);
  delayed.delay = minutes(5);
  EXPECT_EQ(*next_firing(delayed, utc("2026-09-30 02:00")),
            (Firing{utc("2026-10-08 01:05"), utc("2026-10-08 01:00")}));
  const Firings two = firings_in(delayed, utc("2026-09-29 12:00"), utc("2026-10-08 01:05"));
  EXPECT_EQ(two.count, 2);
  EXPECT_EQ(two.last_at, utc("2026-10-08 01:05"));
}

TEST(WorkingDays, ARuleOfDaysOffOnlyEnds) {
  EXPECT_FALSE(next_firing(
      with(Schedule{cron_in("0 9 * * 6", "UTC")}, made(parts("plain", {})), OnHoliday::Skip),
      utc("2026-01-01 00:00")));
}

// A calendar of a few working days a year moves nothing from farther than the limit.
TEST(WorkingDays, AgreesWithTheOracle) {
  CalendarParts rare = parts("rare", {}, {"2026-03-03", "2026-08-20", "2026-08-21"});
  rare.week = 0;
  CalendarParts shut = parts("shut", {});
  for (std::int64_t day = days_from_civil({2026, 7, 1}); day < days_from_civil({2026, 8, 1}); ++day)
    shut.holidays[civil_from_days(day)] = "";
  const std::vector<std::shared_ptr<const Calendar>> calendars{october(), made(rare), made(shut)};
  const std::vector<std::pair<std::string, const char*>> crons{
      {"0 9 * * *", "Asia/Shanghai"},    {"*/20 8-9 * * *", "UTC"},
      {"0 0 1,15 * *", "Asia/Shanghai"}, {"30 23 L * *", "UTC"},
      {"5 4 * * 0", "Europe/Berlin"},    {"0 */6 * * *", "America/New_York"},
      {"59 23 31 * *", "Asia/Shanghai"}};
  const Instant after = utc("2026-02-01 03:00");
  const Instant until = utc("2026-12-20 03:00");
  const auto compare = [&](const Schedule& plain, const char* zone, const std::string& what) {
    for (const auto& calendar : calendars)
      for (const OnHoliday way : {OnHoliday::Skip, OnHoliday::Before, OnHoliday::After}) {
        const Schedule schedule = with(plain, calendar, way, zone);
        const auto expected = oracle(schedule, after, until);
        EXPECT_EQ(all_in(schedule, after, until), expected)
            << what << " " << calendar->name() << " " << static_cast<int>(way);
        const Firings counted = firings_in(schedule, after, until);
        ASSERT_EQ(counted.count, static_cast<std::int64_t>(expected.size())) << what;
        if (expected.empty()) continue;
        EXPECT_EQ(counted.first, expected.front().scheduled_at) << what;
        EXPECT_EQ(counted.last, expected.back().scheduled_at) << what;
        EXPECT_EQ(counted.last_at, expected.back().at) << what;
        if (expected.size() < 2) continue;
        EXPECT_EQ(counted.before_last, expected[expected.size() - 2].scheduled_at) << what;
      }
  };
  for (const auto& [text, zone] : crons) {
    if (!parse_cron(text).ok()) continue;  // an extension that is not there
    compare(Schedule{cron_in(text, zone)}, zone, text);
  }
  compare(Schedule{Every{hours(7), Instant{}}}, "Asia/Shanghai", "every 7h");
}

}  // namespace
}  // namespace gantry::schedule
