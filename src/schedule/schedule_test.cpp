#include "schedule/schedule.h"

#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

using Times = std::vector<std::string>;

TEST(Schedule, AsksItsRule) {
  const Schedule cron{cron_in("0 10 * * *", "UTC")};
  const Schedule every{Every{hours(1), Instant{}}};
  EXPECT_EQ(firings(cron, utc("2026-11-22 10:30"), 1), Times{"2026-11-23 10:00"});
  EXPECT_EQ(firings(every, utc("2026-11-22 10:30"), 1), Times{"2026-11-22 11:00"});
  EXPECT_EQ(cron, Schedule{cron_in("0 10 * * *", "UTC")});
  EXPECT_FALSE(cron == every);
  EXPECT_FALSE(cron == Schedule{cron_in("0 10 * * *", "Europe/Berlin")});
}

TEST(Schedule, OnceIsOnce) {
  const Schedule once{At{utc("2026-11-22 10:00")}};
  EXPECT_EQ(firings(once, utc("2026-11-21 00:00"), 3), Times{"2026-11-22 10:00"});
  EXPECT_FALSE(next_firing(once, utc("2026-11-22 10:00")));
  EXPECT_EQ(firings_in(once, utc("2026-11-22 09:59"), utc("2026-11-22 10:00")).count, 1);
  EXPECT_EQ(firings_in(once, utc("2026-11-22 10:00"), utc("2026-11-23 10:00")).count, 0);
}

TEST(Schedule, StartIsTheFirstAndEndIsNoMore) {
  Schedule daily{cron_in("0 10 * * *", "UTC")};
  daily.start = utc("2026-11-23 10:00");
  daily.end = utc("2026-11-25 10:00");
  EXPECT_EQ(firings(daily, utc("2020-01-01 00:00"), 9),
            (Times{"2026-11-23 10:00", "2026-11-24 10:00"}));
  EXPECT_EQ(firings_in(daily, utc("2020-01-01 00:00"), utc("2030-01-01 00:00")).count, 2);
  EXPECT_EQ(firings_in(daily, utc("2026-11-23 10:00"), utc("2030-01-01 00:00")).count, 1);
}

TEST(Schedule, ADelayMovesTheFiringAndKeepsItsName) {
  Schedule daily{cron_in("0 10 * * *", "UTC")};
  daily.delay = minutes(7);
  const Instant named = utc("2026-11-22 10:00");
  // Between the two the firing is still to come.
  EXPECT_EQ(next_firing(daily, named + minutes(6)), (Firing{named + minutes(7), named}));
  EXPECT_EQ(next_firing(daily, named + minutes(7)),
            (Firing{named + days(1) + minutes(7), named + days(1)}));
  const Firings two = firings_in(daily, named, named + days(1) + minutes(7));
  EXPECT_EQ(two.count, 2);
  EXPECT_EQ(two.first, named);
  EXPECT_EQ(two.last, named + days(1));
  EXPECT_EQ(two.last_at, named + days(1) + minutes(7));
  EXPECT_EQ(firings_in(daily, named + minutes(7), named + days(1)).count, 0);
}

TEST(Schedule, TheBoundsAreOfTheNames) {
  Schedule once{At{utc("2026-11-22 10:00")}};
  once.delay = hours(2);
  once.end = utc("2026-11-22 11:00");
  EXPECT_EQ(firings(once, utc("2026-11-22 11:30"), 2), Times{"2026-11-22 12:00"});
  once.end = utc("2026-11-22 10:00");
  EXPECT_FALSE(next_firing(once, utc("2026-11-22 09:00")));
}

TEST(Schedule, EndsOfTime) {
  constexpr Instant kMin{std::numeric_limits<std::int64_t>::min()};
  Schedule late{At{Instant::max()}};
  EXPECT_EQ(next_firing(late, kMin)->at, Instant::max());
  late.delay = hours(1);
  EXPECT_FALSE(next_firing(late, kMin));
  EXPECT_EQ(firings_in(late, kMin, Instant::max()).count, 0);
  Schedule hourly{Every{hours(1), Instant{}}};
  hourly.delay = hours(2);
  hourly.start = kMin;
  EXPECT_EQ(next_firing(hourly, kMin), (Firing{Instant{} + hours(2), Instant{}}));
}

}  // namespace
}  // namespace gantry::schedule
