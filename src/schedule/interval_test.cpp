#include "schedule/interval.h"

#include "base/rng.h"
#include "schedule/schedule_testing.h"

namespace gantry::schedule {
namespace {

constexpr Instant kLeast{std::numeric_limits<std::int64_t>::min()};

TEST(Interval, CountsFromTheEpochByDefault) {
  const auto hourly = make_every(hours(1));
  ASSERT_TRUE(hourly.ok());
  EXPECT_EQ(firings(*hourly, utc("2026-11-22 10:59"), 2),
            (std::vector<std::string>{"2026-11-22 11:00", "2026-11-22 12:00"}));
  EXPECT_EQ(firings(*make_every(days(1)), utc("2026-11-22 00:00"), 1),
            std::vector<std::string>{"2026-11-23 00:00"});
}

TEST(Interval, CountsFromItsAnchorAndNeverBefore) {
  const auto every = make_every(minutes(90), utc("2026-11-22 10:05"));
  ASSERT_TRUE(every.ok());
  EXPECT_EQ(firings(*every, utc("2020-01-01 00:00"), 3),
            (std::vector<std::string>{"2026-11-22 10:05", "2026-11-22 11:35", "2026-11-22 13:05"}));
  EXPECT_EQ(next_after(*every, every->from), every->from + minutes(90));
  EXPECT_EQ(next_after(*every, every->from - microseconds(1)), every->from);
}

TEST(Interval, RefusesWhatIsTooOften) {
  for (const Duration period : {Duration{}, seconds(-1), milliseconds(999)})
    EXPECT_FALSE(make_every(period).ok()) << period.us;
  EXPECT_EQ(make_every(milliseconds(10)).error().message,
            "every 10ms is too often; the shortest interval is 1s");
  EXPECT_TRUE(make_every(seconds(1)).ok());
}

TEST(Interval, EndsOfTime) {
  const Every late{hours(1), Instant::max() - minutes(90)};
  EXPECT_EQ(next_after(late, late.from), late.from + hours(1));
  EXPECT_FALSE(next_after(late, late.from + hours(1)));
  EXPECT_FALSE(next_after(late, Instant::max()));
  const Every ancient{hours(1), kLeast};
  EXPECT_EQ(next_after(ancient, kLeast), kLeast + hours(1));
  ASSERT_TRUE(next_after(ancient, utc("2026-11-22 10:00")));
  EXPECT_LE(*next_after(ancient, utc("2026-11-22 10:00")), utc("2026-11-22 11:00"));
  const Every longest{Duration{std::numeric_limits<std::int64_t>::max()}, Instant{}};
  EXPECT_EQ(next_after(longest, Instant{}), Instant::max());
  EXPECT_FALSE(next_after(longest, Instant::max()));
}

TEST(Interval, IsTheNextMultipleForRandomNumbers) {
  Rng rng(7);
  for (int i = 0; i < 10000; ++i) {
    const Every every{seconds(1 + static_cast<std::int64_t>(rng.below(1000000))),
                      Instant{static_cast<std::int64_t>(rng.below(1u << 30)) * 1000}};
    const Instant after =
        every.from + microseconds(static_cast<std::int64_t>(rng.below(1ull << 50)));
    const auto next = next_after(every, after);
    ASSERT_TRUE(next);
    EXPECT_GT(*next, after);
    EXPECT_LE(*next - after, every.period);
    EXPECT_EQ((*next - every.from).us % every.period.us, 0);
  }
}

}  // namespace
}  // namespace gantry::schedule
