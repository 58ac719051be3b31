#include <gtest/gtest.h>

#include "core/core_testing.h"

namespace gantry::core {

namespace {

using model::AttemptState;
using model::RunState;

model::WrapReported record(AttemptState state, int exit_code = 0) {
  auto definition = std::make_shared<model::Definition>();
  definition->workflow = Bench::workflow({{"command", {}}});
  definition->workflow.name = "wrap/backup";
  definition->workflow.enabled = false;
  definition->workflow.concurrency_limit = 1;
  definition->hash = "wrap";
  model::WrapReported event;
  event.reply = {1};
  event.actor = "ada@db1";
  event.key = "0123";
  event.definition = definition;
  event.begun_at = parse_instant("2026-11-21T23:00:00Z").value();
  event.report.state = state;
  event.report.exit_code = exit_code;
  event.report.started_at = event.begun_at;
  event.report.ended_at = event.begun_at + seconds(90);
  return event;
}

const model::RunOrigin& origin_of(const Bench& bench) {
  for (const model::Change& change : bench.effects.changes)
    if (const auto* c = std::get_if<model::RunCreated>(&change.body)) return *c->origin;
  CHECK(false);
}

TEST(Wrap, ARecordBecomesARunThatIsClosedAtOnce) {
  Bench bench;
  bench.define_tasks({{"command", {}}});
  model::WrapReported event = record(AttemptState::Failed, 3);
  event.title = "nightly";
  event.labels = {{"team", "ops"}};
  bench.apply(event);
  EXPECT_EQ(bench.answered, RunNo{1});
  EXPECT_EQ(bench.outcome(RunNo{1}), RunState::Failed);
  EXPECT_EQ(bench.ended.at(RunNo{1}).ended_at, event.report.ended_at);
  EXPECT_EQ(bench.starts, 0);
  EXPECT_TRUE(bench.core.state().runs.empty());
  EXPECT_TRUE(bench.core.state().attempts.empty());
  const model::RunOrigin& origin = origin_of(bench);
  EXPECT_EQ(origin.cause, model::CauseKind::Wrap);
  EXPECT_EQ(origin.key, "0123");
  EXPECT_EQ(origin.title, "nightly");
  EXPECT_EQ(origin.scheduled_at, event.begun_at);
  EXPECT_EQ(origin.labels, event.labels);
  bench.check_recovery();
}

TEST(Wrap, NothingUnknownIsCalledSuccess) {
  Bench bench;
  bench.define_tasks({{"command", {}}});
  bench.apply(record(AttemptState::Interrupted));
  EXPECT_EQ(bench.outcome(RunNo{1}), RunState::Failed);
  bench.apply(record(AttemptState::Succeeded));
  EXPECT_EQ(bench.outcome(RunNo{2}), RunState::Succeeded);
}

// Its definition is a version once; pauses and slots are not for what has ended.
TEST(Wrap, NothingHoldsARecordUp) {
  Bench bench({0, {}, 100});
  bench.define_tasks({{"command", {}}});
  model::HoldRequested pause;
  pause.actor = "someone";
  bench.apply(pause);
  for (int i = 0; i < 3; ++i) bench.apply(record(AttemptState::Succeeded));
  EXPECT_EQ(bench.outcome(RunNo{3}), RunState::Succeeded);
  EXPECT_EQ(bench.core.state().counters.last_version, 2);
}

TEST(Wrap, TheServerDoesNotStartIt) {
  Bench bench;
  bench.define_tasks({{"command", {}}});
  bench.apply(record(AttemptState::Succeeded));
  model::RunRequested event;
  event.reply = {1};
  event.workflow = "wrap/backup";
  model::Effects effects;
  bench.core.apply(event, bench.now, effects);
  const auto& answer = std::get<model::Answer>(effects.commands.front());
  EXPECT_EQ(answer.status.error().code, Code::FailedPrecondition);
  EXPECT_NE(answer.status.error().zh, "");
}

}  // namespace
}  // namespace gantry::core
