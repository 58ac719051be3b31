#include "schedule/firings.h"

#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

template <typename Rule>
Firings one_by_one(const Rule& rule, Instant after, Instant until) {
  Firings out;
  for (auto at = next_after(rule, after); at && *at <= until; at = next_after(rule, *at))
    out.add(*at);
  return out;
}

TEST(FiringsOfAnInterval, AreThoseOfWalking) {
  const Every every = make_every(seconds(90), utc("2026-01-01 00:00")).value();
  const Instant from = utc("2026-01-01 00:00");
  for (const Instant after : {from - hours(1), from - microseconds(1), from, from + seconds(89)})
    for (const Duration length : {Duration{}, microseconds(1), seconds(90), seconds(91), days(3)})
      EXPECT_EQ(firings_in(every, after, after + length), one_by_one(every, after, after + length))
          << format_instant(after) << " " << format_duration(length);
}

TEST(FiringsOfAnInterval, OfEverySecondIn400DaysTakeNoTime) {
  const Every every = make_every(seconds(1)).value();
  const Instant after = utc("2026-01-01 00:00");
  const Firings all = firings_in(every, after, after + days(400));
  EXPECT_EQ(all.count, 400 * 86'400);
  EXPECT_EQ(all.first, after + seconds(1));
  EXPECT_EQ(all.before_last, after + days(400) - seconds(1));
  EXPECT_EQ(all.last, after + days(400));
}

// Zones with changes of an hour, of half an hour, of a day left out (Apia 2011), and none.
TEST(FiringsOfCron, AreThoseOfWalking) {
  const Instant begin = utc("2010-12-27 13:17");
  for (const char* zone : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"})
    for (const char* text : {"* * * * *", "*/7 2 * * *", "0 0 * * *", "30 2,3 * * 1-5",
                             "59 23 28-31 * *", "15 * 13 * 5", "0 0 29 2 *", "1 1 1 1 *",
                             "0 0 LW * 5#2", "7,8 59 23 * * *", "*/30 */20 1,2 ? * 0L"}) {
      const Cron cron = cron_in(text, zone);
      for (int i = 0; i < 12; ++i) {
        const Instant after = begin + hours(611 * i);
        const Instant until = after + hours(37 * i * i) + microseconds(i % 3);
        EXPECT_EQ(firings_in(cron, after, until), one_by_one(cron, after, until))
            << text << " in " << zone << " after " << show(after) << " until " << show(until);
      }
    }
}

TEST(FiringsOfCron, OfEverySecondIn400DaysAreCountedByTheDay) {
  const Cron cron = cron_in("* * * * * *", "Europe/Berlin");
  const Instant after = utc("2026-01-10 12:00");
  const Firings all = firings_in(cron, after, after + days(400));
  EXPECT_EQ(all.count, 400 * 86'400);
  EXPECT_EQ(all.before_last, after + days(400) - seconds(1));
  EXPECT_EQ(all.last_at, after + days(400));
}

TEST(FiringsOfCron, BeginAfterTheirSpanAndEndWithIt) {
  const Cron daily = cron_in("0 0 * * *", "UTC");
  const Instant midnight = utc("2026-03-10 00:00");
  EXPECT_EQ(firings_in(daily, midnight, midnight + days(1)).count, 1);
  EXPECT_EQ(firings_in(daily, midnight - microseconds(1), midnight + days(1)).count, 2);
  EXPECT_EQ(firings_in(daily, midnight, midnight + days(1) - microseconds(1)).count, 0);
  EXPECT_EQ(firings_in(daily, midnight, midnight - days(3)).count, 0);
}

}  // namespace
}  // namespace gantry::schedule
