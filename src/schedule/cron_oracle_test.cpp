// next_after() against a brute-force oracle: the C library's local clock, read minute by minute (or
// second by second) around every change of offset of every zone.
#include <algorithm>
#include <cstdlib>

#include "base/rng.h"
#include "schedule/cron_oracle_testing.h"
#include "schedule/local_clock_testing.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

// What is tried around each change; H with the value that the empty seed gives.
struct Tried {
  std::string text;
  std::string same_as = {};  // for the oracle; empty: as it is
  const std::string& plain() const { return same_as.empty() ? text : same_as; }
};
const std::vector<Tried> kMinutes{{"* * * * *"},
                                  {"30 2 * * *"},
                                  {"0 0 * * *"},
                                  {"59 23 * * *"},
                                  {"0,15,30,45 1-3 * * *"},
                                  {"0-59 0-23 * * *"},
                                  {"*/7 2 * * *"},
                                  {"20 */4 * * *"},
                                  {"0 * * * 1-5"},
                                  {"45 1 13 * FRI"},
                                  {"30 2 */2 * SUN"},
                                  {"15 0-4/2 1-7 * *"},
                                  {"0 3 L * ?"},
                                  {"30 1 L-2,L * *"},
                                  {"0 2 1W,15W,30W * ?"},
                                  {"30 0 LW * *"},
                                  {"30 2 ? * SUN#2"},
                                  {"0 2 * * 7L"},
                                  {"1 1 ? MAR,OCT 0L,6#1,5#5"},
                                  {"0 2 31W * 0#1"},
                                  {"H H * * *", "40 14 * * *"},
                                  {"H(0-59) 2 H(1-31) * ?", "40 2 22 * ?"},
                                  {"0 2 29 2 *"},
                                  {"@hourly", "0 * * * *"},
                                  {"@weekly", "0 0 * * 0"}};
const std::vector<Tried> kSeconds{{"* * * * * *"},
                                  {"*/20 0,30 1-3 * * ?"},
                                  {"5 30 2 * * *"},
                                  {"0-59 0-59 0-3 * * *"},
                                  {"59 59 * ? * SUN,0L"}};

bool everything() {
  const char* tier = std::getenv("GANTRY_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full";
}

std::string number_up_to(int low, int high, Rng& rng) {
  return std::to_string(low +
                        static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1))));
}

std::string star(int low, int high, Rng& rng) {
  return rng.chance(1, 2) ? "*" : "*/" + number_up_to(1, high - low, rng);
}

std::string list(int low, int high, int most, Rng& rng) {
  std::string text = number_up_to(low, high, rng);
  for (int i = 1; i < most && rng.chance(2, 3); ++i) text += "," + number_up_to(low, high, rng);
  return text;
}

std::string days_of_month(Rng& rng) {
  switch (rng.below(8)) {
    case 0: return "L-" + number_up_to(1, 5, rng) + "," + number_up_to(1, 28, rng);
    case 1: return number_up_to(1, 31, rng) + "W,L";
    case 2: return "LW," + number_up_to(1, 28, rng) + "W";
    case 3: return list(1, 28, 2, rng);
    case 4: return "*/2";
    default: return rng.chance(1, 4) ? "?" : "*";
  }
}

std::string days_of_week(Rng& rng) {
  switch (rng.below(8)) {
    case 0: return number_up_to(0, 7, rng) + "#" + number_up_to(1, 4, rng);
    case 1: return number_up_to(0, 7, rng) + "L," + number_up_to(0, 7, rng);
    case 2: return list(0, 7, 3, rng);
    default: return rng.chance(1, 4) ? "?" : "*";
  }
}

// Changes happen at night, so most expressions ask for the night.
std::string random_expression(Rng& rng) {
  const std::string minute = rng.chance(3, 10) ? star(0, 59, rng) : list(0, 59, 3, rng);
  const std::string hour = rng.chance(3, 4) ? list(0, 4, 3, rng) : star(0, 23, rng);
  const std::string month = rng.chance(9, 10) ? "*" : list(1, 12, 3, rng);
  return minute + " " + hour + " " + days_of_month(rng) + " " + month + " " + days_of_week(rng);
}

std::vector<Reading> walk(const LocalClock& clock, Instant from, Instant to, Duration step) {
  std::vector<Reading> out;
  for (Instant at = from; at <= to; at = at + step) {
    const std::tm shown = clock.at(at);
    out.push_back({at, at.us / 1000000 + shown.tm_gmtoff, shown});
  }
  return out;
}

// Changes of offset 2020-2037, to the minute.
std::vector<Instant> changes(const LocalClock& clock) {
  std::vector<Instant> out;
  const Instant end = utc("2037-12-31 00:00");
  for (Instant at = utc("2020-01-01 00:00"); at < end; at = at + days(4)) {
    const long before = clock.at(at).tm_gmtoff;
    if (clock.at(at + days(4)).tm_gmtoff == before) continue;
    std::int64_t low = 0, high = 4 * 24 * 60;
    while (high - low > 1) {
      const std::int64_t middle = (low + high) / 2;
      (clock.at(at + minutes(middle)).tm_gmtoff == before ? low : high) = middle;
    }
    out.push_back(at + minutes(high));
  }
  return out;
}

void expect_same(const Tried& tried, const Zone& zone, const std::vector<Reading>& readings) {
  auto cron = parse_cron(tried.text);
  ASSERT_TRUE(cron.ok()) << cron.error().message;
  cron->zone = zone;
  std::vector<Instant> found;
  const Instant last = readings.back().at;
  for (auto at = next_after(*cron, readings.front().at); at && *at <= last;
       at = next_after(*cron, *at)) {
    ASSERT_TRUE(found.empty() || *at > found.back())
        << "not increasing: " << tried.text << " in " << zone.name();
    found.push_back(*at);
  }
  ASSERT_EQ(found, oracle(OracleCron(tried.plain()), readings))
      << tried.text << " in " << zone.name() << " from " << show(readings.front().at);
}

// What is tried around the change of this number: all, or a few that take turns.
std::vector<Tried> turn_of(const std::vector<Tried>& all, std::size_t number, std::size_t count) {
  if (everything()) return all;
  std::vector<Tried> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(all[(number * count + i) % all.size()]);
  return out;
}

TEST(CronOracle, EveryZoneAroundEveryChangeUntil2037) {
  Rng rng(20261122);
  std::size_t change_count = 0, tried_count = 0;
  for (const std::string& name : zone_names_of_system()) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone.ok());
    const LocalClock clock(name);
    for (const Instant change : changes(clock)) {
      auto tried = turn_of(kMinutes, change_count, 2);
      for (int i = 0; i < 2; ++i) tried.push_back({random_expression(rng)});
      const auto around = walk(clock, change - hours(26), change + hours(26), minutes(1));
      for (const Tried& one : tried) {
        expect_same(one, *zone, around);
        if (testing::Test::HasFatalFailure()) return;
      }
      ++change_count;
      tried_count += tried.size();
    }
  }
  EXPECT_GT(change_count, 3000u);
  RecordProperty("changes", static_cast<int>(change_count));
  RecordProperty("comparisons", static_cast<int>(tried_count));
}

TEST(CronOracle, SecondsAroundTheChanges) {
  std::size_t change_count = 0;
  for (const std::string& name : zone_names_of_system()) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone.ok());
    const LocalClock clock(name);
    for (const Instant change : changes(clock)) {
      if (++change_count % 40 != 0 && !everything()) continue;
      const auto around = walk(clock, change - hours(2), change + hours(2), seconds(1));
      for (const Tried& one : turn_of(kSeconds, change_count / 40, 2)) {
        expect_same(one, *zone, around);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(change_count, 3000u);
}

TEST(CronOracle, LongStretchesOfRandomZones) {
  Rng rng(7);
  const auto names = zone_names_of_system();
  for (int i = 0; i < 60; ++i) {
    const std::string& name = names[rng.below(names.size())];
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone.ok());
    const LocalClock clock(name);
    const Instant from =
        utc("2020-01-01 00:00") + hours(static_cast<std::int64_t>(rng.below(17 * 365 * 24)));
    const auto around = walk(clock, from, from + days(45), minutes(1));
    for (int k = 0; k < 4; ++k) {
      expect_same({random_expression(rng)}, *zone, around);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(CronOracle, AnyInstantGivesTheFirstFiringAfterIt) {
  Rng rng(11);
  const auto names = zone_names_of_system();
  for (int i = 0; i < 20000; ++i) {
    const auto zone = find_zone(names[rng.below(names.size())]);
    ASSERT_TRUE(zone.ok());
    const std::string text =
        (rng.chance(1, 4) ? list(0, 59, 3, rng) + " " : "") + random_expression(rng);
    const auto parsed = parse_cron(text);
    if (!parsed.ok()) {
      ASSERT_NE(parsed.error().message.find("never fires"), std::string::npos) << text;
      continue;
    }
    const Cron cron{parsed->fields, *zone};
    const Instant after = utc("1975-01-01 00:00") +
                          microseconds(static_cast<std::int64_t>(rng.below(4000000000000000)));
    const auto next = next_after(cron, after);
    if (!next) continue;
    ASSERT_GT(*next, after) << text;
    // From anywhere between the two the answer is the same.
    const auto gap = static_cast<std::uint64_t>((*next - after).us);
    ASSERT_EQ(next_after(cron, after + microseconds(static_cast<std::int64_t>(rng.below(gap)))),
              next)
        << text;
    ASSERT_EQ(next_after(cron, *next - microseconds(1)), next) << text;
  }
}

}  // namespace
}  // namespace gantry::schedule
