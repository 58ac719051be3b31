// Seeds of 24 virtual hours, in shards. GANTRY_SIM_SEEDS and GANTRY_SIM_FIRST choose others, for
// the full tier and to replay a failing seed:  GANTRY_SIM_FIRST=1234 GANTRY_SIM_SEEDS=1 sim_test
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "simulation.h"

namespace gantry::sim {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t kShards = 4;

class Seeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, KeepTheInvariants) {
  set_log_level(LogLevel::Off);  // failed commits are the point here
  const std::uint64_t first = from_environment("GANTRY_SIM_FIRST", 1);
  const std::uint64_t count = from_environment("GANTRY_SIM_SEEDS", 2000);
  std::int64_t runs = 0;
  std::int64_t attempts = 0;
  std::int64_t crashes = 0;
  std::int64_t retries = 0;
  std::int64_t events = 0;
  std::int64_t dates = 0;
  for (std::uint64_t seed = first + GetParam(); seed < first + count; seed += kShards) {
    const Outcome outcome = simulate(seed);
    runs += outcome.runs;
    attempts += outcome.attempts;
    crashes += outcome.crashes;
    retries += outcome.retries;
    events += outcome.events;
    dates += outcome.dates;
    ASSERT_TRUE(outcome.complaints.empty()) << describe(seed, outcome);
  }
  RecordProperty("runs", std::to_string(runs));
  RecordProperty("attempts", std::to_string(attempts));
  RecordProperty("crashes", std::to_string(crashes));
  RecordProperty("retries", std::to_string(retries));
  RecordProperty("events", std::to_string(events));
  RecordProperty("dates", std::to_string(dates));
  // A simulation in which nothing happens proves nothing.
  if (count >= 100) {
    EXPECT_GT(runs, static_cast<std::int64_t>(count));
    EXPECT_GT(crashes, 10);
    EXPECT_GT(retries, static_cast<std::int64_t>(count));
    EXPECT_GT(events, 10 * static_cast<std::int64_t>(count / kShards));
    EXPECT_GT(dates, 10 * static_cast<std::int64_t>(count / kShards));
  }
}

INSTANTIATE_TEST_SUITE_P(Shard, Seeds, testing::Range<std::uint64_t>(0, kShards));

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  set_log_level(LogLevel::Off);
  for (const std::uint64_t seed : {7u, 8u, 9u}) {
    const Outcome once = simulate(seed);
    EXPECT_GT(once.trace.size(), 1'000u);
    EXPECT_EQ(once.trace, simulate(seed).trace);
    EXPECT_NE(once.trace, simulate(seed + 100).trace);
  }
}

}  // namespace
}  // namespace gantry::sim
