// R2 in process: the server is killed at every single call to the outside world (before it and
// right after it: commits, starts, stops, acknowledgements, answers), and again at every call of
// the recovery from that. After each the invariants hold and everything ends.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "simulation.h"

namespace gantry::sim {
namespace {

constexpr std::int64_t kRecoveryCalls = 12;

std::int64_t calls_without_death(std::uint64_t seed) {
  const Outcome outcome = simulate_death(seed, {});
  EXPECT_TRUE(outcome.complaints.empty()) << describe(seed, outcome);
  EXPECT_EQ(outcome.crashes, 0);
  return outcome.calls;
}

TEST(Boundary, EveryCallIsSurvived) {
  set_log_level(LogLevel::Off);
  for (const std::uint64_t seed : {3u, 11u}) {
    const std::int64_t calls = calls_without_death(seed);
    ASSERT_GT(calls, 50);
    for (std::int64_t call = 1; call <= std::min<std::int64_t>(calls, 1'000); ++call)
      for (const bool after : {false, true}) {
        const Outcome outcome = simulate_death(seed, {.call = call, .after = after});
        ASSERT_TRUE(outcome.complaints.empty()) << "call " << call << " after " << after << "\n"
                                                << describe(seed, outcome);
      }
  }
}

TEST(Boundary, ASecondDeathDuringRecoveryIsSurvived) {
  set_log_level(LogLevel::Off);
  constexpr std::uint64_t kSeed = 3;
  const std::int64_t calls = calls_without_death(kSeed);
  std::int64_t second_deaths = 0;
  for (std::int64_t call = 1; call <= std::min<std::int64_t>(calls, 200); ++call)
    for (std::int64_t again = 1; again <= kRecoveryCalls; ++again)
      for (const bool after : {false, true}) {
        const Outcome outcome = simulate_death(kSeed, {call, call % 2 == 0, again, after});
        second_deaths += outcome.crashes == 2 ? 1 : 0;
        ASSERT_TRUE(outcome.complaints.empty())
            << "call " << call << ", in the recovery " << again << " after " << after << "\n"
            << describe(kSeed, outcome);
      }
  // Taking the lead and loading the state are two calls of every recovery.
  EXPECT_GE(second_deaths, 4 * std::min<std::int64_t>(calls, 200));
}

}  // namespace
}  // namespace gantry::sim
