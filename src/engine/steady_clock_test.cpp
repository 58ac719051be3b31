#include "engine/steady_clock.h"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

class HandClock : public Clock {
 public:
  Instant wall() const override { return wall_at; }
  Duration since_boot() const override { return boot_for; }
  Instant wall_at{seconds(1'000'000).us};
  Duration boot_for = seconds(500);
};

store::TimeMark mark_of(const HandClock& clock, Steady steady, const std::string& boot) {
  return {clock.wall_at, steady, boot, clock.boot_for};
}

TEST(SteadyClock, StartsWithTheTimeSinceBoot) {
  HandClock clock;
  const SteadyClock steady(clock, "boot-1", std::nullopt);
  EXPECT_EQ(steady.now().steady, Steady{seconds(500).us});
  EXPECT_EQ(steady.now().wall, clock.wall_at);
}

TEST(SteadyClock, GoesOnOverARestartWhateverTheWallClockDid) {
  HandClock clock;
  const store::TimeMark last = mark_of(clock, Steady{seconds(70).us}, "boot-1");
  clock.boot_for = clock.boot_for + seconds(5);
  clock.wall_at = clock.wall_at - days(1);
  const SteadyClock steady(clock, "boot-1", last);
  EXPECT_EQ(steady.now().steady, Steady{seconds(75).us});
}

TEST(SteadyClock, AddsTheWallTimeThatPassedOverAReboot) {
  HandClock clock;
  const store::TimeMark last = mark_of(clock, Steady{seconds(70).us}, "boot-1");
  clock.boot_for = seconds(3);
  clock.wall_at = clock.wall_at + minutes(10);
  SteadyClock steady(clock, "boot-2", last);
  EXPECT_EQ(steady.now().steady, Steady{(seconds(70) + minutes(10)).us});
  clock.boot_for = clock.boot_for + seconds(1);
  EXPECT_EQ(steady.now().steady, Steady{(seconds(71) + minutes(10)).us});
}

TEST(SteadyClock, IsNeverSetBackByARebootWithAClockBehind) {
  HandClock clock;
  const store::TimeMark last = mark_of(clock, Steady{seconds(70).us}, "boot-1");
  clock.boot_for = seconds(3);
  clock.wall_at = clock.wall_at - days(3);
  const SteadyClock steady(clock, "boot-2", last);
  EXPECT_EQ(steady.now().steady, Steady{seconds(70).us});
}

TEST(SteadyClock, UnknownBootIdsAreDifferentBoots) {
  HandClock clock;
  const store::TimeMark last = mark_of(clock, Steady{seconds(70).us}, "");
  clock.boot_for = seconds(3);
  const SteadyClock steady(clock, "", last);
  EXPECT_EQ(steady.now().steady, Steady{seconds(70).us});
}

TEST(SteadyClock, AMarkLeadsBackToTheSameTime) {
  HandClock clock;
  const SteadyClock first(clock, "boot-1", mark_of(clock, Steady{42}, "boot-0"));
  const store::TimeMark mark = first.mark(first.now());
  clock.boot_for = clock.boot_for + seconds(9);
  const SteadyClock second(clock, "boot-1", mark);
  EXPECT_EQ(second.now().steady, first.now().steady);
}

}  // namespace
}  // namespace gantry::engine
