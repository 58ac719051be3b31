// Backfills over restarts, holds, and what can not be.
#include "core/backfill_testing.h"

namespace gantry::core {
namespace {

TEST_F(Backfills, GoesOnAfterARestartAndRunsNoDateTwice) {
  define();
  ask(days(1, 4));
  restart();
  EXPECT_EQ(runs_.size(), 2u);
  end(RunNo{1});
  restart();
  end_all();
  EXPECT_EQ(runs_.size(), 4u);
  EXPECT_EQ(fates(), "1:succeeded 2:succeeded 3:succeeded 4:succeeded");
}

TEST_F(Backfills, WaitsWhileItsWorkflowIsHeld) {
  define();
  for (const auto& [stop, go] : {std::pair(model::Hold::Pause, model::Hold::Resume),
                                 std::pair(model::Hold::Disable, model::Hold::Enable)}) {
    const std::size_t before = runs_.size();
    ask(days(1, 3), 1);
    apply(model::HoldRequested{{}, stop, {}, "w", "ann", ""});
    end(runs_.back().run);
    EXPECT_EQ(runs_.size(), before + 1);
    apply(model::HoldRequested{{}, go, {}, "w", "ann", ""});
    EXPECT_EQ(runs_.size(), before + 2);
    end_all();
  }
}

TEST_F(Backfills, AQuarantinedRunKeepsNoOtherFromItsTurn) {
  define();
  ask(days(1, 3), 1);
  apply(model::RunQuarantined{RunNo{1}});
  EXPECT_TRUE(live_.contains(RunNo{2}));
  end(RunNo{2});
  end(RunNo{3});
  EXPECT_EQ(fates(), "1:running 2:succeeded 3:succeeded");
}

TEST_F(Backfills, WaitsWhileThereAreTooManyRuns) {
  limits_.open_runs_max = 3;
  core_ = std::make_unique<Core>(limits_);
  define();
  const RunNo live = request();
  request();
  request();
  ask(days(1, 2));
  EXPECT_EQ(fates(), "1:pending 2:pending");
  end(live);
  EXPECT_EQ(fates(), "1:running 2:pending");
  end_all();
  EXPECT_EQ(fates(), "1:succeeded 2:succeeded");
}

TEST_F(Backfills, ATitleThatCanNotBeEvaluatedRefusesItsDate) {
  define([](model::Workflow& w) { w.title = "${{ [1].map(x, 1/0)[0] }}"; });
  ask(days(1, 2));
  EXPECT_EQ(fates(), "1:refused 2:refused");
  EXPECT_EQ(last_row_.state, BackfillState::Finished);
}

TEST_F(Backfills, WithoutItsCalendarItWaitsForAPerson) {
  model::Trigger trigger;
  trigger.id = "nightly";
  trigger.kind = model::TriggerKind::Cron;
  trigger.cron = "30 2 * * *";
  trigger.timezone = "UTC";
  model::TimerDetails details;
  details.calendar = "office";
  trigger.timer = details;
  define([&](model::Workflow& w) { w.triggers = {trigger}; });
  ask(days(1, 2), 1, {}, "nightly");
  EXPECT_EQ(fates(), "1:pending 2:pending");
  EXPECT_EQ(last_row_.state, BackfillState::Paused);
  EXPECT_EQ(last_row_.note, "there is no calendar 'office'");
  EXPECT_EQ(last_row_.note_zh, "没有日历“office”");
  schedule::CalendarParts parts;
  parts.name = "office";
  apply(model::CalendarsLoaded{{{"office", schedule::Calendar::make(parts).value()}}});
  steer(Steer::Resume);
  EXPECT_EQ(last_row_.note_zh, "");
  end_all();
  EXPECT_EQ(fates(), "1:succeeded 2:succeeded");
}

TEST_F(Backfills, ManyDatesTakeSeveralTurns) {
  limits_.open_runs_max = 1000;
  core_ = std::make_unique<Core>(limits_);
  define();
  std::vector<model::BackfillDate> dates;
  for (int i = 0; i < 250; ++i)
    dates.push_back({civil_from_days(days_from_civil(day(1)) + i), DateFate::Pending, {}, ""});
  ask(dates, 250);
  EXPECT_EQ(runs_.size(), 100u);
  EXPECT_LE(core_->wake_at().steady, now_.steady);
  apply(model::TimePassed{});
  apply(model::TimePassed{});
  EXPECT_EQ(runs_.size(), 250u);
  EXPECT_GT(core_->wake_at().steady, now_.steady);
}

TEST_F(Backfills, WhatCanNotBeIsRefusedAtOnce) {
  define([](model::Workflow& w) {
    model::Param param;
    param.name = "amount";
    param.type = model::ParamType::Int;
    param.required = true;
    w.params.push_back(param);
  });
  ask(days(1, 2));
  EXPECT_EQ(status_.error().code, Code::InvalidArgument);
  ask(days(1, 2), 2, ValueMap{{"amount", "many"}});
  EXPECT_EQ(status_.error().code, Code::InvalidArgument);
  ask(days(1, 2), 2, ValueMap{{"amount", 3}}, "nightly");
  EXPECT_EQ(status_.error().code, Code::NotFound);
  apply(model::BackfillRequested{{1}, "none", "", {}, days(1, 2), 2, "ann", ""});
  EXPECT_EQ(status_.error().code, Code::NotFound);
  apply(model::HoldRequested{{}, model::Hold::Disable, {}, "w", "ann", ""});
  ask(days(1, 2), 2, ValueMap{{"amount", 3}});
  EXPECT_EQ(status_.error().code, Code::FailedPrecondition);
  EXPECT_TRUE(runs_.empty());
  EXPECT_TRUE(core_->state().backfills.empty());
}

}  // namespace
}  // namespace gantry::core
