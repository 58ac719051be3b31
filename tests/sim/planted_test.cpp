// The simulation finds mistakes: each planted bug within some seeds, and nothing without one. This
// binary has a core and an engine of its own, built with GANTRY_PLANTED_BUGS.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "core/planted.h"
#include "simulation.h"

namespace gantry::core {
namespace {
Planted& the_bug() {
  static Planted bug = Planted::None;
  return bug;
}
}  // namespace

bool planted(Planted bug) { return bug == the_bug(); }

namespace {

constexpr std::uint64_t kSeedsMax = 100;

// In a process of its own: a planted bug may also end in a failed CHECK, or not at all.
bool finds_something(std::uint64_t seed) {
  const pid_t child = fork();
  if (child == 0) {
    set_log_level(LogLevel::Off);
    ::close(STDERR_FILENO);
    ::alarm(60);
    ::_exit(sim::simulate(seed).complaints.empty() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

// The first seed that finds it, 0 if none does.
std::uint64_t seeds_until_found(std::uint64_t most) {
  for (std::uint64_t seed = 1; seed <= most; ++seed)
    if (finds_something(seed)) return seed;
  return 0;
}

struct Case {
  Planted bug;
  const char* name;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Bugs : public testing::TestWithParam<Case> {};

TEST_P(Bugs, AreFound) {
  the_bug() = GetParam().bug;
  const std::uint64_t seed = seeds_until_found(kSeedsMax);
  the_bug() = Planted::None;
  EXPECT_NE(seed, 0u) << GetParam().name << " was not found in " << kSeedsMax << " seeds";
  RecordProperty("found_at_seed", std::to_string(seed));
  std::printf("%s: found at seed %d\n", GetParam().name, static_cast<int>(seed));
}

#define BUG(name) \
  Case { Planted::name, #name }
INSTANTIATE_TEST_SUITE_P(
    Planted, Bugs,
    testing::Values(BUG(JoinRuleWrong), BUG(SlotReleasedTwice), BUG(RetryMiscounted),
                    BUG(CancelForgetsQueued), BUG(CursorStaysBehind), BUG(WaitLostInRecovery),
                    BUG(OutputsLostInRecovery), BUG(AcknowledgedTooEarly), BUG(FailedCommitIgnored),
                    BUG(VoidUsesATry), BUG(SkipForgotten), BUG(OldRunsGoOn), BUG(StartReissued),
                    BUG(StopLostInRecovery), BUG(FinallyTooEarly), BUG(ReadyTaskForgotten),
                    BUG(StartedTwice), BUG(ConcurrencyOffByOne), BUG(NobodyIsAsked),
                    BUG(SteadyFollowsWall), BUG(PlansOneByOne), BUG(RetryForgetsDownstream),
                    BUG(RetryKeepsGeneration), BUG(PauseForgotten), BUG(WrapForgetsItsId),
                    BUG(PoolLimitIgnored), BUG(CatchUpOffByOne), BUG(NoneCatchesUp),
                    BUG(PreviousForgotten), BUG(MatchForgotten), BUG(MeetingForgotten),
                    BUG(BackfillMakesWay), BUG(BackfillRunsTwice), BUG(BackfillOverfull),
                    BUG(ConditionForgotten), BUG(FailFastForgotten), BUG(SwitchForgotten),
                    BUG(ThresholdForgotten), BUG(WindowOverfull), BUG(ContainerNeverFails)),
    [](const auto& bug) { return std::string(bug.param.name); });

TEST(Bugs, NoneIsFoundWhereNoneIs) { EXPECT_EQ(seeds_until_found(30), 0u); }

}  // namespace
}  // namespace gantry::core
