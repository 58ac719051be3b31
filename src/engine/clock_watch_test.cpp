#include "engine/clock_watch.h"

#include <gtest/gtest.h>

namespace gantry::engine {
namespace {

const Now kStart{*parse_instant("2026-03-01T10:00:00Z"), Steady{5}};

Now after(Duration wall, Duration steady) { return {kStart.wall + wall, kStart.steady + steady}; }

std::string seen(Duration wall, Duration steady, std::optional<Duration> meant = seconds(1)) {
  ClockWatch watch;
  EXPECT_EQ(watch.look(kStart, meant), "");
  return watch.look(after(wall, steady), meant);
}

TEST(ClockWatch, IsSilentWhileBothClocksGoOn) {
  EXPECT_EQ(seen(seconds(1), seconds(1)), "");
  EXPECT_EQ(seen(milliseconds(1400), seconds(1)), "");    // slewed
  EXPECT_EQ(seen(hours(5), hours(5), std::nullopt), "");  // nothing was due
}

TEST(ClockWatch, TellsThatTheClockWasSet) {
  EXPECT_NE(seen(days(1) + seconds(1), seconds(1)).find("set forward by 1d to 2026-03-02"),
            std::string::npos);
  EXPECT_NE(seen(seconds(1) - days(1), seconds(1)).find("set back by 1d to 2026-02-28"),
            std::string::npos);
}

TEST(ClockWatch, TellsThatTheMachineSleptAndOnlyOnce) {
  ClockWatch watch;
  watch.look(kStart, seconds(1));
  EXPECT_NE(watch.look(after(hours(3), hours(3)), seconds(1)).find("for 3h"), std::string::npos);
  EXPECT_EQ(watch.look(after(hours(3) + seconds(1), hours(3) + seconds(1)), seconds(1)), "");
}

}  // namespace
}  // namespace gantry::engine
