// next_after() against a brute-force oracle: the C library's local clock, read minute by minute
// around every change of offset of every zone, with the rules of 04-engine applied literally.
#include <algorithm>
#include <array>

#include "base/rng.h"
#include "schedule/local_clock_testing.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

constexpr Duration kAround = hours(26);

// One minute of real time and what the clock on the wall shows.
struct Minute {
  Instant at;
  std::int64_t local = 0;  // minutes since 1970 on that clock
  std::tm shown{};
};

std::tm civil(std::int64_t local_minute) {
  const std::time_t second = static_cast<std::time_t>(local_minute * 60);
  std::tm out{};
  ::gmtime_r(&second, &out);
  return out;
}

struct Field {
  std::string text;
  std::array<bool, 60> members{};
  bool star = false;
};

struct Expression {
  Field minute, hour, day, month, weekday;
  std::string text() const {
    return minute.text + " " + hour.text + " " + day.text + " " + month.text + " " + weekday.text;
  }
  bool elapsed() const { return minute.star || hour.star; }
  bool matches(const std::tm& t) const {
    const bool in_month = day.members[static_cast<std::size_t>(t.tm_mday)];
    const bool in_week = weekday.members[static_cast<std::size_t>(t.tm_wday)];
    const bool in_day = day.star || weekday.star ? in_month && in_week : in_month || in_week;
    return in_day && minute.members[static_cast<std::size_t>(t.tm_min)] &&
           hour.members[static_cast<std::size_t>(t.tm_hour)] &&
           month.members[static_cast<std::size_t>(t.tm_mon + 1)];
  }
};

Field star_field(int low, int high, int step) {
  Field field;
  field.text = step == 1 ? "*" : "*/" + std::to_string(step);
  field.star = true;
  for (int v = low; v <= high; v += step) field.members[static_cast<std::size_t>(v)] = true;
  return field;
}

Field list_field(int low, int high, int count, Rng& rng) {
  Field field;
  for (int i = 0; i < count; ++i) {
    const int value = low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
    field.members[static_cast<std::size_t>(value)] = true;
    field.text += (i > 0 ? "," : "") + std::to_string(value);
  }
  return field;
}

Field random_field(int low, int high, int star_percent, Rng& rng) {
  if (rng.chance(static_cast<std::uint64_t>(star_percent), 100))
    return star_field(
        low, high,
        rng.chance(1, 2) ? 1
                         : 1 + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low))));
  return list_field(low, high, 1 + static_cast<int>(rng.below(3)), rng);
}

// Changes happen at night, so most expressions ask for the night.
Expression random_expression(Rng& rng) {
  Expression e;
  e.minute = random_field(0, 59, 30, rng);
  e.hour = rng.chance(3, 4) ? list_field(0, 4, 1 + static_cast<int>(rng.below(3)), rng)
                            : random_field(0, 23, 50, rng);
  // Listed days end at 28, which every month has.
  e.day =
      rng.chance(4, 5) ? star_field(1, 31, rng.chance(3, 4) ? 1 : 2) : list_field(1, 28, 2, rng);
  e.month = rng.chance(9, 10) ? star_field(1, 12, 1) : random_field(1, 12, 50, rng);
  e.weekday = rng.chance(3, 4) ? star_field(0, 6, 1) : random_field(0, 6, 20, rng);
  return e;
}

// Every instant in (first, last] at which the expression fires.
std::vector<Instant> oracle(const Expression& e, const std::vector<Minute>& minutes) {
  std::vector<Instant> out;
  std::int64_t reached = minutes.front().local;  // the latest reading so far
  for (std::size_t i = 1; i < minutes.size(); ++i) {
    bool fires = false;
    if (e.elapsed()) {
      fires = e.matches(minutes[i].shown);
    } else {
      for (; reached < minutes[i].local; ++reached) {
        const bool shown_now = reached + 1 == minutes[i].local;
        fires = e.matches(shown_now ? minutes[i].shown : civil(reached + 1)) || fires;
      }
    }
    if (fires) out.push_back(minutes[i].at);
  }
  return out;
}

std::vector<Minute> walk(const LocalClock& clock, Instant from, Instant to) {
  std::vector<Minute> out;
  for (Instant at = from; at <= to; at = at + minutes(1)) {
    const std::tm shown = clock.at(at);
    out.push_back({at, (at.us / 1000000 + shown.tm_gmtoff) / 60, shown});
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

void expect_same(const Expression& e, const Zone& zone, const std::vector<Minute>& minutes_around) {
  auto cron = parse_cron(e.text());
  ASSERT_TRUE(cron.ok()) << cron.error().message;
  cron->zone = zone;
  std::vector<Instant> found;
  const Instant last = minutes_around.back().at;
  for (auto at = next_after(*cron, minutes_around.front().at); at && *at <= last;
       at = next_after(*cron, *at)) {
    ASSERT_TRUE(found.empty() || *at > found.back())
        << "not increasing: " << e.text() << " in " << zone.name();
    found.push_back(*at);
  }
  ASSERT_EQ(found, oracle(e, minutes_around))
      << e.text() << " in " << zone.name() << " from " << show(minutes_around.front().at);
}

TEST(CronOracle, EveryZoneAroundEveryChangeUntil2037) {
  constexpr int kExpressionsPerChange = 4;
  Rng rng(20261122);
  int change_count = 0;
  for (const std::string& name : zone_names_of_system()) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone.ok());
    const LocalClock clock(name);
    for (const Instant change : changes(clock)) {
      const auto around = walk(clock, change - kAround, change + kAround);
      for (int i = 0; i < kExpressionsPerChange; ++i) {
        expect_same(random_expression(rng), *zone, around);
        if (testing::Test::HasFatalFailure()) return;
      }
      ++change_count;
    }
  }
  EXPECT_GT(change_count, 3000);
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
    const auto around = walk(clock, from, from + days(45));
    for (int k = 0; k < 4; ++k) {
      expect_same(random_expression(rng), *zone, around);
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
    const auto parsed = parse_cron(random_expression(rng).text());
    ASSERT_TRUE(parsed.ok());
    const Cron cron{parsed->fields, *zone};
    const Instant after = utc("1975-01-01 00:00") +
                          microseconds(static_cast<std::int64_t>(rng.below(4000000000000000)));
    const auto next = next_after(cron, after);
    if (!next) continue;
    ASSERT_GT(*next, after);
    // From anywhere between the two the answer is the same.
    const auto gap = static_cast<std::uint64_t>((*next - after).us);
    ASSERT_EQ(next_after(cron, after + microseconds(static_cast<std::int64_t>(rng.below(gap)))),
              next);
    ASSERT_EQ(next_after(cron, *next - microseconds(1)), next);
  }
}

}  // namespace
}  // namespace gantry::schedule
