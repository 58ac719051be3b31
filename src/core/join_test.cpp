#include "core/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace gantry::core {
namespace {

using model::JoinRule;
using model::TaskState;

constexpr std::array<Settled, 4> kAll{Settled::Succeeded, Settled::Skipped, Settled::Failed,
                                      Settled::UpstreamFailed};

void count(Upstream& up, Settled settled) {
  if (settled == Settled::Succeeded) ++up.succeeded;
  if (settled == Settled::Skipped) ++up.skipped;
  if (settled == Settled::Failed) ++up.failed;
  if (settled == Settled::UpstreamFailed) ++up.upstream_failed;
}

// The rules in words about a complete set of upstream states, written apart from decide(): what
// the task finally is, whenever that was known.
Decision in_the_end(JoinRule rule, const std::vector<Settled>& ups) {
  const auto number = [&](Settled s) { return std::count(ups.begin(), ups.end(), s); };
  const auto n = static_cast<std::ptrdiff_t>(ups.size());
  const auto s = number(Settled::Succeeded), k = number(Settled::Skipped);
  const auto bad = number(Settled::Failed) + number(Settled::UpstreamFailed);
  const auto choose = [](bool run, Decision otherwise) { return run ? Decision::Run : otherwise; };
  switch (rule) {
    case JoinRule::AllSuccess:
      return choose(s == n, bad > 0 ? Decision::UpstreamFailed : Decision::Skip);
    case JoinRule::AllFailed: return choose(bad == n, Decision::Skip);
    case JoinRule::AllDone: return Decision::Run;
    case JoinRule::AllDoneMinOneSuccess:
      return k > 0 ? Decision::Skip : choose(s >= 1, Decision::UpstreamFailed);
    case JoinRule::AllSkipped: return choose(k == n, Decision::Skip);
    case JoinRule::OneSuccess:
      return choose(s >= 1, k == n ? Decision::Skip : Decision::UpstreamFailed);
    case JoinRule::OneFailed: return choose(bad >= 1, Decision::Skip);
    case JoinRule::OneDone: return choose(s + number(Settled::Failed) >= 1, Decision::Skip);
    case JoinRule::NoneFailed: return choose(bad == 0, Decision::UpstreamFailed);
    case JoinRule::NoneFailedMinOneSuccess:
      return bad > 0 ? Decision::UpstreamFailed : choose(s >= 1, Decision::Skip);
    case JoinRule::NoneSkipped: return choose(k == 0, Decision::Skip);
    case JoinRule::Always: return Decision::Run;
  }
  return Decision::Wait;
}

// Lets the upstream tasks settle in this order; the first decision is the decision.
Decision in_order(JoinRule rule, const std::vector<Settled>& order) {
  Upstream up;
  up.n = static_cast<std::uint32_t>(order.size());
  Decision decision = decide(rule, up);
  for (const Settled settled : order) {
    if (decision != Decision::Wait) return decision;
    count(up, settled);
    decision = decide(rule, up);
  }
  return decision;
}

int check_multiset(JoinRule rule, std::vector<Settled> ups) {
  std::sort(ups.begin(), ups.end());
  const Decision expected = in_the_end(rule, ups);
  int orders = 0;
  do {
    EXPECT_EQ(in_order(rule, ups), expected)
        << name_of(rule) << " after " << ups.size() << " tasks";
    ++orders;
  } while (std::next_permutation(ups.begin(), ups.end()));
  return orders;
}

void each_multiset(std::size_t n, std::size_t from, std::vector<Settled>& ups, const auto& visit) {
  if (ups.size() == n) return visit(ups);
  for (std::size_t i = from; i < kAll.size(); ++i) {
    ups.push_back(kAll[i]);
    each_multiset(n, i, ups, visit);
    ups.pop_back();
  }
}

TEST(Join, EveryRuleEveryMultisetEveryOrder) {
  int orders = 0;
  for (int r = 0; r < model::kJoinRuleCount; ++r) {
    for (std::size_t n = 1; n <= 4; ++n) {
      std::vector<Settled> ups;
      each_multiset(n, 0, ups, [&](const std::vector<Settled>& set) {
        orders += check_multiset(static_cast<JoinRule>(r), set);
      });
    }
  }
  EXPECT_EQ(orders, 12 * (4 + 16 + 64 + 256));  // each sequence of length 1 to 4 once
}

TEST(Join, NoUpstreamAlwaysRuns) {
  for (int r = 0; r < model::kJoinRuleCount; ++r)
    EXPECT_EQ(decide(static_cast<JoinRule>(r), Upstream{}), Decision::Run);
}

// The column "now" of the table: decided although others are still open.
TEST(Join, DecidesAtOnceWhereTheTableSaysNow) {
  const auto after_one = [](JoinRule rule, Settled settled) {
    Upstream up;
    up.n = 3;
    count(up, settled);
    return decide(rule, up);
  };
  using enum JoinRule;
  EXPECT_EQ(after_one(AllSuccess, Settled::Failed), Decision::UpstreamFailed);
  EXPECT_EQ(after_one(AllSuccess, Settled::Skipped), Decision::Wait);
  EXPECT_EQ(after_one(AllFailed, Settled::Succeeded), Decision::Skip);
  EXPECT_EQ(after_one(AllFailed, Settled::Skipped), Decision::Skip);
  EXPECT_EQ(after_one(AllDone, Settled::Failed), Decision::Wait);
  EXPECT_EQ(after_one(AllDoneMinOneSuccess, Settled::Skipped), Decision::Skip);
  EXPECT_EQ(after_one(AllSkipped, Settled::UpstreamFailed), Decision::Skip);
  EXPECT_EQ(after_one(OneSuccess, Settled::Succeeded), Decision::Run);
  EXPECT_EQ(after_one(OneSuccess, Settled::Failed), Decision::Wait);
  EXPECT_EQ(after_one(OneFailed, Settled::UpstreamFailed), Decision::Run);
  EXPECT_EQ(after_one(OneDone, Settled::Failed), Decision::Run);
  EXPECT_EQ(after_one(OneDone, Settled::Skipped), Decision::Wait);
  EXPECT_EQ(after_one(NoneFailed, Settled::Failed), Decision::UpstreamFailed);
  EXPECT_EQ(after_one(NoneFailedMinOneSuccess, Settled::UpstreamFailed), Decision::UpstreamFailed);
  EXPECT_EQ(after_one(NoneSkipped, Settled::Skipped), Decision::Skip);
  EXPECT_EQ(after_one(Always, Settled::Failed), Decision::Run);
}

TEST(Join, AllowFailureCoversWhatHappenedNotWhatWasDecided) {
  EXPECT_EQ(settled_as(TaskState::Failed, true), Settled::Succeeded);
  EXPECT_EQ(settled_as(TaskState::Interrupted, true), Settled::Succeeded);
  EXPECT_EQ(settled_as(TaskState::UpstreamFailed, true), Settled::UpstreamFailed);
  EXPECT_EQ(settled_as(TaskState::Cancelled, true), Settled::Failed);
  EXPECT_EQ(settled_as(TaskState::Interrupted, false), Settled::Failed);
}

}  // namespace
}  // namespace gantry::core
