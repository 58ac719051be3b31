// Triggers that want the ends of several workflows, also of the same date.
#include "core/happen_testing.h"

namespace gantry::core {
namespace {

TEST_F(Events, AllOfADateFiresOncePerDate) {
  define("a", {});
  define("b", {});
  define("report", {on_ends("t", {"a", "b"}, true, true)});
  request("a");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Waiting);
  restart();  // what was met is remembered
  provide_all();
  now_.wall = now_.wall + days(1);
  request("b");
  apply(provided(VersionId{2}));
  apply(provided(VersionId{3}));
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Waiting);
  request("a");
  apply(provided(VersionId{1}));
  ASSERT_EQ(events_.back().fates[0].fate, Fate::Run);
  EXPECT_EQ(format_date(runs_.back().dates.date), "2026-11-23");
  request("b");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Skipped);
}

// It is told of all that ends while it may not fire, and fires with the next one after that.
TEST_F(Events, WhatCouldNotFireHasNotUsedItsDate) {
  define("a", {});
  define("b", {});
  define("report", {on_ends("t", {"a", "b"}, true, true)});
  apply(model::HoldRequested{{}, model::Hold::Disable, {}, "report", "ann", ""});
  request("a");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Waiting);
  request("b");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Refused);
  EXPECT_EQ(runs_.size(), 2u);
  apply(model::HoldRequested{{}, model::Hold::Enable, {}, "report", "ann", ""});
  request("b");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Run);
  request("b");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Skipped);
}

TEST_F(Events, ParamsThatDoNotFitUseNoDate) {
  auto trigger = on_ends("t", {"a", "b"}, true);
  trigger.params = {{"n", "${{ event.params.n }}"}};
  const auto takes = [](model::Workflow& w) {
    model::Param n;
    n.name = "n";
    n.type = model::ParamType::Int;
    w.params.push_back(n);
  };
  define("a", {});
  define("b", {}, takes);
  define("report", {trigger}, takes);
  auto b = requested("b");
  b.params = {{"n", 7}};
  apply(b);
  request("a");  // the last to come has no `n`
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Refused);
  apply(b);
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Run);
}

TEST_F(Events, TheOldestDateThatIsMetIsForgottenFirst) {
  define("a", {});
  define("b", {});
  define("report", {on_ends("t", {"a", "b"}, true, true)});
  const WorkflowId report = core_->state().workflow_ids.at("report");
  const std::int64_t today = split_days(now_.wall.us).day;
  for (std::int64_t i = 1; i <= limits::kMeetingsMax; ++i)  // later ones, one of them met
    core_->fold(
        {now_.wall, "test",
         model::MeetingChanged{{report, "t", civil_from_days(today + i), {"a"}, i == 5, false}}});
  request("a");  // older than all
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Waiting);
  EXPECT_FALSE(core_->state().meetings.contains({report, "t", today + 5}));
  request("b");
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Run);
}

TEST_F(Events, AllWithoutADateBeginsAnewWhenItHasFired) {
  define("a", {});
  define("b", {});
  define("report", {on_ends("t", {"a", "b"}, true)});
  std::string fates;
  for (const char* name : {"a", "a", "b", "b", "a", "b"}) {
    request(name);
    fates += std::string(name_of(events_.back().fates[0].fate)) + " ";
  }
  EXPECT_EQ(fates, "waiting waiting run waiting run waiting ");
}

TEST_F(Events, FailedRunsCountOnlyIfWanted) {
  define("up", {}, [](model::Workflow& w) {
    w.tasks[0].action.kind = model::ActionKind::Run;
    w.tasks[0].action.script = "false";
  });
  define("on_success", {on_ends("t", {"up"})});
  auto any = on_ends("t", {"up"});
  model::SourceDetails source = *any.source;
  source.completion.cancelled = true;
  any.source = source;
  define("on_both", {any});
  const RunNo run = request("up");
  apply(model::CancelRequested{{}, run, "ann"});
  model::AttemptReport report;
  report.id = core_->state().attempts.begin()->first;
  report.state = model::AttemptState::Killed;
  apply(model::AttemptReported{report});
  ASSERT_EQ(events_.size(), 1u);
  ASSERT_EQ(events_[0].fates.size(), 1u);
  EXPECT_EQ(events_[0].fates[0].workflow_name, "on_both");
}

}  // namespace
}  // namespace gantry::core
