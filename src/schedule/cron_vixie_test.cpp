// Where cron of Vixie and Gantry differ is a table in docs/format/schedules.md; here each of its
// rows is shown, and that there are no others where the clock is set. Vixie's side is a model of
// its main loop: what it starts in each minute, given what the clock shows.
#include <algorithm>

#include "schedule/cron_oracle_testing.h"
#include "schedule/local_clock_testing.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

constexpr std::int64_t kThreeHours = 3 * 60;  // minutes; what is larger is no daylight saving

class VixieModel {
 public:
  VixieModel(const OracleCron& cron, std::int64_t local_minute)
      : cron_(cron), virtual_minute_(local_minute) {}

  // How often it starts the job in the minute in which the clock shows `running`.
  int starts(std::int64_t running) {
    const std::int64_t ahead = running - virtual_minute_;
    if (ahead == 1 || ahead > kThreeHours || ahead <= -kThreeHours) {
      virtual_minute_ = running;
      return runs_at(running) ? 1 : 0;
    }
    const int wild = cron_.elapsed() && runs_at(running) ? 1 : 0;
    int fixed = 0;  // of the minutes that were left out, one after the other
    while (virtual_minute_ < running)
      if (runs_at(++virtual_minute_) && !cron_.elapsed()) ++fixed;
    return wild + fixed;
  }

 private:
  bool runs_at(std::int64_t local_minute) const { return cron_.matches(civil(local_minute * 60)); }

  const OracleCron& cron_;
  std::int64_t virtual_minute_;
};

// Of each start its instant.
std::vector<Instant> vixie(const std::string& text, const std::string& zone, Instant from,
                           Instant to) {
  const LocalClock clock(zone);
  const OracleCron cron(text);
  const auto minute_at = [&](Instant at) {
    return (at.us / 1000000 + clock.at(at).tm_gmtoff) / 60;
  };
  VixieModel model(cron, minute_at(from));
  std::vector<Instant> out;
  for (Instant at = from + minutes(1); at <= to; at = at + minutes(1))
    for (int starts = model.starts(minute_at(at)); starts > 0; --starts) out.push_back(at);
  return out;
}

std::vector<Instant> gantry(const std::string& text, const std::string& zone, Instant from,
                            Instant to) {
  const Cron cron = cron_in(text, zone);
  std::vector<Instant> out;
  for (auto at = next_after(cron, from); at && *at <= to; at = next_after(cron, *at))
    out.push_back(*at);
  return out;
}

template <typename T>
std::vector<T> each_once(std::vector<T> list) {
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

struct Night {
  const char* zone;
  const char* noon_before;
};

TEST(CronAndVixie, AgreeOnTheNightsOfDaylightSavingButForRepeatsInAGap) {
  for (const Night& night :
       {Night{"Europe/Berlin", "2026-03-28 12:00"}, Night{"Europe/Berlin", "2026-10-24 12:00"},
        Night{"America/New_York", "2026-03-07 12:00"},
        Night{"America/New_York", "2026-10-31 12:00"},
        Night{"Australia/Lord_Howe", "2026-10-03 00:00"},
        Night{"Australia/Lord_Howe", "2026-04-04 00:00"}, Night{"Africa/Cairo", "2026-04-23 12:00"},
        Night{"America/Santiago", "2026-09-05 12:00"},
        Night{"Antarctica/Troll", "2026-03-28 12:00"},
        Night{"Antarctica/Troll", "2026-10-24 12:00"}})
    for (const char* text :
         {"* * * * *", "0 2 * * *", "30 2 * * *", "0 0 * * *", "0,15,30,45 0-3 * * *",
          "*/10 1-3 * * *", "5 * * * *", "0-59 0-23 * * *", "30 1 * * SUN", "45 2 */2 * *",
          "15 1,2 29 3 0", "0 3 * * 1-5"}) {
      const Instant from = utc(night.noon_before), to = from + days(2);
      EXPECT_EQ(each_once(vixie(text, night.zone, from, to)), gantry(text, night.zone, from, to))
          << text << " in " << night.zone << " after " << night.noon_before;
    }
}

TEST(CronAndVixie, SeveralTimesInOneGapAreOne) {
  const Instant from = utc("2026-03-28 12:00"), to = from + days(1);
  const std::string text = "0,15,30,45 2 * * *";
  EXPECT_EQ(vixie(text, "Europe/Berlin", from, to).size(), 4u);
  EXPECT_EQ(gantry(text, "Europe/Berlin", from, to).size(), 1u);
}

// Apia had no 30 December 2011.
TEST(CronAndVixie, AGapOfThreeHoursOrMoreIsAGapToo) {
  const Instant from = utc("2011-12-30 00:00"), to = utc("2011-12-30 20:00");
  const std::string text = "0 12 30 12 *";
  EXPECT_EQ(vixie(text, "Pacific/Apia", from, to).size(), 0u);
  EXPECT_EQ(gantry(text, "Pacific/Apia", from, to), std::vector{utc("2011-12-30 10:00")});
}

TEST(CronAndVixie, WhatVixieRefusesAndWeTake) {
  for (const char* text : {"5/15 * * * *", "0 0 * * FRI-SUN", "0 0 0 1 * ?", "0 0 L * *",
                           "0 0 LW * *", "0 0 15W * *", "0 0 * * 5#2", "0 0 * * 5L", "H H * * *"})
    EXPECT_TRUE(parse_cron(text).ok()) << text;
  EXPECT_EQ(parse_cron("5/15 * * * *")->fields, parse_cron("5,20,35,50 * * * *")->fields);
}

TEST(CronAndVixie, WhatVixieTakesAndWeRefuse) {
  for (const char* text : {"*/90 * * * *", "0 0 30 2 *", "@reboot"})
    EXPECT_FALSE(parse_cron(text).ok()) << text;
}

// Airflow's own tests have the second passing: 01:00 UTC.
TEST(CronAndAirflow, ARepeatedTimeOfDayIsTheFirst) {
  EXPECT_EQ(gantry("0 2 * * *", "Europe/Zurich", utc("2023-10-28 12:00"), utc("2023-10-29 12:00")),
            std::vector{utc("2023-10-29 00:00")});
}

}  // namespace
}  // namespace gantry::schedule
