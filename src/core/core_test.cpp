#include "core/core.h"

#include <gtest/gtest.h>

#include "core/core_testing.h"

namespace gantry::core {
namespace {

using model::AttemptState;
using model::JoinRule;
using model::Reason;
using model::RunState;
using model::TaskState;

TEST(Core, ChainRunsInOrder) {
  Bench bench;
  bench.define_tasks({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}});
  const RunNo run = bench.request();
  EXPECT_EQ(bench.running(), "a");
  bench.end("a", AttemptState::Succeeded);
  EXPECT_EQ(bench.running(), "b");
  bench.end("b", AttemptState::Succeeded);
  bench.end("c", AttemptState::Succeeded);
  EXPECT_EQ(bench.outcome(run), RunState::Succeeded);
  EXPECT_TRUE(bench.core.state().runs.empty());
}

TEST(Core, FailureReachesDependentsAndTheRun) {
  Bench bench;
  bench.define_tasks({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}});
  const RunNo run = bench.request();
  bench.end("a", AttemptState::Failed, 3);
  EXPECT_EQ(bench.outcome(run), RunState::Failed);
  EXPECT_EQ(bench.last_state("b"), TaskState::UpstreamFailed);
  EXPECT_EQ(bench.last_state("c"), TaskState::UpstreamFailed);
}

TEST(Core, RetryWaitsItsDelayThenRuns) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}});
  model::RetryPolicy retry = retries(2);
  retry.delay = seconds(10);
  retry.backoff = 2;
  workflow.tasks[0].retry = retry;
  bench.define(workflow);
  const RunNo run = bench.request();
  bench.end("a", AttemptState::Failed, 1);
  EXPECT_EQ(bench.last_state("a"), TaskState::Waiting);
  bench.advance(seconds(9));
  EXPECT_EQ(bench.running(), "");
  bench.advance(seconds(1));
  EXPECT_EQ(bench.running(), "a");
  bench.end("a", AttemptState::Failed, 1);
  bench.advance(seconds(19));
  EXPECT_EQ(bench.running(), "");
  bench.advance(seconds(1));
  bench.end("a", AttemptState::Succeeded);
  EXPECT_EQ(bench.outcome(run), RunState::Succeeded);
  EXPECT_EQ(bench.starts, 3);
}

TEST(Core, NotStartedUsesNoTry) {
  Bench bench;
  bench.define_tasks({{"a", {}}});
  const RunNo run = bench.request();
  for (int i = 0; i < limits::kNotStartedMax; ++i) bench.end("a", AttemptState::NotStarted);
  EXPECT_EQ(bench.running(), "a");
  bench.end("a", AttemptState::NotStarted);
  EXPECT_EQ(bench.outcome(run), RunState::Failed);
}

TEST(Core, ReportsMayComeTwice) {
  Bench bench;
  bench.define_tasks({{"a", {}}, {"b", {"a"}}});
  bench.request();
  const AttemptId attempt = bench.live.at("a");
  bench.end("a", AttemptState::Succeeded);
  bench.effects.clear();
  model::AttemptReport again;
  again.id = attempt;
  again.state = AttemptState::Failed;
  bench.apply(model::AttemptReported{again});
  EXPECT_TRUE(bench.effects.changes.empty());
  EXPECT_EQ(bench.running(), "b");
}

TEST(Core, CancelStopsEverythingAndRunsFinally) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}, {"b", {"a"}}, {"clean", {}}});
  workflow.tasks[2].is_finally = true;
  bench.define(workflow);
  const RunNo run = bench.request();
  bench.apply(model::CancelRequested{{}, run, "someone"});
  EXPECT_EQ(bench.stops, 1);
  EXPECT_EQ(bench.last_state("b"), TaskState::Cancelled);
  bench.end("a", AttemptState::Killed);
  EXPECT_EQ(bench.last_state("a"), TaskState::Cancelled);
  EXPECT_EQ(bench.running(), "clean");
  bench.end("clean", AttemptState::Succeeded);
  EXPECT_EQ(bench.outcome(run), RunState::Cancelled);
}

TEST(Core, FailedFinallyMakesASucceededRunFail) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}, {"clean", {}}});
  workflow.tasks[1].is_finally = true;
  bench.define(workflow);
  const RunNo run = bench.request();
  bench.end("a", AttemptState::Succeeded);
  bench.end("clean", AttemptState::Failed, 1);
  EXPECT_EQ(bench.outcome(run), RunState::Failed);
}

TEST(Core, BackgroundRoundsRunBesideAndEndWithTheOthers) {
  Bench bench;
  auto workflow = bench.workflow({{"work", {}}, {"beat", {}}});
  workflow.tasks[1].background = true;
  workflow.tasks[1].every = seconds(1);
  bench.define(workflow);
  const RunNo run = bench.request();
  EXPECT_EQ(bench.running(), "beat work");
  bench.end("beat", AttemptState::Succeeded);
  EXPECT_EQ(bench.last_state("beat"), TaskState::Waiting);
  bench.advance(seconds(1));
  EXPECT_EQ(bench.running(), "beat work");
  bench.end("work", AttemptState::Succeeded);
  EXPECT_EQ(bench.stops, 1);
  bench.end("beat", AttemptState::Killed);
  EXPECT_EQ(bench.outcome(run), RunState::Succeeded);
}

TEST(Core, LocalSlotsBoundProcessesAndPriorityOrdersTheQueue) {
  Bench bench(Limits{1, {}, 100});
  auto workflow = bench.workflow({{"low", {}}, {"mid", {}}, {"high", {}}});
  workflow.tasks[1].priority = 1;
  workflow.tasks[2].priority = 2;
  bench.define(workflow);
  bench.request();
  EXPECT_EQ(bench.running(), "high");
  bench.end("high", AttemptState::Succeeded);
  EXPECT_EQ(bench.running(), "mid");
}

TEST(Core, PoolsHoldBackOnlyTheirOwnTasks) {
  Bench bench(Limits{10, {{"db", 1}}, 100});
  auto workflow = bench.workflow({{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}});
  workflow.tasks[0].pool = "db";
  workflow.tasks[1].pool = "db";
  workflow.tasks[3].pool = "unknown";
  bench.define(workflow);
  bench.request();
  EXPECT_EQ(bench.running(), "a c");
  bench.end("a", AttemptState::Succeeded);
  EXPECT_EQ(bench.running(), "b c");
}

TEST(Core, ConcurrencyLimitQueuesRuns) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}});
  workflow.concurrency_limit = 1;
  bench.define(workflow);
  const RunNo first = bench.request();
  const RunNo second = bench.request();
  EXPECT_EQ(bench.core.state().runs.at(second).row.state, RunState::Queued);
  bench.end("a", AttemptState::Succeeded);
  EXPECT_EQ(bench.outcome(first), RunState::Succeeded);
  EXPECT_EQ(bench.core.state().runs.at(second).row.state, RunState::Running);
}

TEST(Core, InterruptedFollowsItsPolicy) {
  Bench bench;
  auto workflow = bench.workflow({{"fails", {}}, {"retries", {}}, {"asks", {}}});
  workflow.tasks[1].retry = retries(1);
  workflow.tasks[2].on_interrupt = model::OnInterrupt::Ask;
  bench.define(workflow);
  const RunNo run = bench.request();
  for (const char* task : {"fails", "retries", "asks"}) bench.end(task, AttemptState::Interrupted);
  EXPECT_EQ(bench.last_state("fails"), TaskState::Interrupted);
  EXPECT_EQ(bench.last_state("retries"), TaskState::Waiting);
  EXPECT_EQ(bench.last_state("asks"), TaskState::Waiting);
  bench.advance(days(2));
  bench.end("retries", AttemptState::Succeeded);
  EXPECT_EQ(bench.last_state("asks"), TaskState::Waiting);
  bench.apply(model::ResolveRequested{{}, run, "asks", TaskState::Succeeded, "someone"});
  EXPECT_EQ(bench.outcome(run), RunState::Failed);  // because of `fails`
}

TEST(Core, RunTimeoutStopsAndFails) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}});
  workflow.timeout = minutes(1);
  bench.define(workflow);
  const RunNo run = bench.request();
  bench.advance(minutes(1));
  EXPECT_EQ(bench.stops, 1);
  bench.end("a", AttemptState::Killed);
  EXPECT_EQ(bench.outcome(run), RunState::Failed);
  EXPECT_EQ(bench.ended.at(run).reason, Reason::RunTimeout);
}

TEST(Core, TimersFireOnceAndLeaveOneRecordPerGap) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}});
  model::Trigger hourly;
  hourly.id = "hourly";
  hourly.cron = "0 * * * *";
  hourly.timezone = "UTC";
  workflow.triggers.push_back(std::move(hourly));
  bench.define(workflow);
  bench.advance(minutes(59));
  EXPECT_EQ(bench.starts, 0);
  bench.advance(minutes(1));
  EXPECT_EQ(bench.starts, 1);
  bench.advance(Duration{0});
  EXPECT_EQ(bench.starts, 1);
  bench.advance(hours(5) + minutes(30));
  EXPECT_EQ(bench.starts, 2);  // the newest of five
  ASSERT_EQ(bench.missed.size(), 1u);
  EXPECT_EQ(bench.missed[0].count, 4);
  bench.advance(days(30));
  EXPECT_EQ(bench.starts, 3);
}

TEST(Core, ExpressionsReachTheCommand) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}, {"b", {"a"}}});
  workflow.params.push_back({});
  workflow.params[0].name = "who";
  workflow.params[0].fallback = Value("world");
  workflow.tasks[1].action.kind = model::ActionKind::Exec;
  workflow.tasks[1].action.argv = {"echo", "${{ params.who }}", "${{ tasks.a.outputs.n + 1 }}"};
  bench.define(workflow);
  bench.request();
  bench.end("a", AttemptState::Succeeded, 0, ValueMap{{"n", 41}});
  EXPECT_EQ(bench.last_start.argv, (std::vector<std::string>{"echo", "world", "42"}));
}

TEST(Core, AFailingExpressionFailsTheTaskWithoutAnAttempt) {
  Bench bench;
  auto workflow = bench.workflow({{"a", {}}});
  workflow.tasks[0].action.kind = model::ActionKind::Exec;
  workflow.tasks[0].action.argv = {"echo", "${{ 1 / 0 }}"};
  bench.define(workflow);
  const RunNo run = bench.request();
  EXPECT_EQ(bench.starts, 0);
  EXPECT_EQ(bench.outcome(run), RunState::Failed);
}

TEST(Core, EveryPointOfRecoveryGivesTheSameState) {
  Bench bench;
  auto workflow =
      bench.workflow({{"a", {}}, {"b", {"a"}}, {"c", {"a"}}, {"beat", {}}, {"clean", {}}});
  workflow.tasks[1].retry = retries(1);
  workflow.tasks[2].pool = "none";
  workflow.tasks[3].background = true;
  workflow.tasks[4].is_finally = true;
  workflow.timeout = hours(1);
  bench.define(workflow);
  bench.check_recovery();
  const RunNo run = bench.request();
  bench.check_recovery();
  bench.end("a", AttemptState::Succeeded, 0, ValueMap{{"k", "v"}});
  bench.check_recovery();
  bench.end("b", AttemptState::Failed, 1);
  bench.check_recovery();
  bench.apply(model::CancelRequested{{}, run, "someone"});
  bench.check_recovery();
}

}  // namespace
}  // namespace gantry::core
