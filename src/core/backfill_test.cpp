// Backfills: each date has one run, a few at a time, behind live work.
#include "core/backfill_testing.h"

namespace gantry::core {
namespace {

TEST_F(Backfills, RunsAFewAtATimeAndAFailureStopsNone) {
  define();
  ask(days(1, 5));
  EXPECT_EQ(running(), "1 2");
  end(RunNo{2}, AttemptState::Failed);
  EXPECT_EQ(running(), "1 3");
  EXPECT_EQ(fates(), "1:running 2:failed 3:running 4:pending 5:pending");
  end_all();
  EXPECT_EQ(fates(), "1:succeeded 2:failed 3:succeeded 4:succeeded 5:succeeded");
  EXPECT_EQ(last_row_.state, BackfillState::Finished);
  EXPECT_EQ(last_row_.ended_at, now_.wall);
  EXPECT_TRUE(core_->state().backfills.empty());
  for (const model::RunOrigin& run : runs_) {
    EXPECT_EQ(run.cause, model::CauseKind::Backfill);
    EXPECT_EQ(run.backfill, id_);
  }
}

TEST_F(Backfills, DatesThatAreSkippedAreNotRun) {
  define();
  auto dates = days(1, 3);
  dates[0].fate = dates[2].fate = DateFate::Skipped;
  ask(dates);
  end_all();
  EXPECT_EQ(fates(), "1:skipped 2:succeeded 3:skipped");
  EXPECT_EQ(last_row_.state, BackfillState::Finished);
  for (auto& date : dates) date.fate = DateFate::Skipped;
  ask(dates);  // nothing to do
  EXPECT_EQ(runs_.size(), 1u);
  EXPECT_TRUE(core_->state().backfills.empty());
}

TEST_F(Backfills, ADateIsWhenItsTriggerWouldHaveFired) {
  model::Trigger trigger;
  trigger.id = "nightly";
  trigger.kind = model::TriggerKind::Cron;
  trigger.cron = "30 2,14 * * 1-5";
  trigger.timezone = "Asia/Shanghai";
  trigger.params = ValueMap{{"region", "north"}, {"size", "big"}};
  define([&](model::Workflow& w) {
    w.timezone = "Asia/Shanghai";
    w.triggers = {trigger};
    for (const char* name : {"region", "size"}) {
      model::Param param;
      param.name = name;
      param.fallback = Value("none");
      w.params.push_back(param);
    }
  });
  ask({{day(13), DateFate::Pending, {}, ""}, {day(15), DateFate::Pending, {}, ""}}, 2,
      ValueMap{{"size", "small"}}, "nightly");
  ASSERT_EQ(runs_.size(), 2u);
  EXPECT_EQ(runs_[0].scheduled_at, parse_instant("2026-11-12T18:30:00Z").value());
  EXPECT_EQ(runs_[0].dates.date, day(13));
  EXPECT_EQ(runs_[0].dates.interval_start, parse_instant("2026-11-12T06:30:00Z").value());
  EXPECT_EQ(runs_[0].trigger, "nightly");
  EXPECT_EQ(runs_[0].params, (ValueMap{{"region", "north"}, {"size", "small"}}));
  EXPECT_EQ(runs_[1].scheduled_at, parse_instant("2026-11-14T16:00:00Z").value()) << "a Sunday";
  EXPECT_EQ(runs_[1].dates.date, day(15));
}

TEST_F(Backfills, WithoutATriggerADateIsItsDay) {
  define([](model::Workflow& w) { w.timezone = "Asia/Shanghai"; });
  ask(days(13, 13));
  ASSERT_EQ(runs_.size(), 1u);
  EXPECT_EQ(runs_[0].dates.date, day(13));
  EXPECT_EQ(runs_[0].scheduled_at, parse_instant("2026-11-12T16:00:00Z").value());
  EXPECT_EQ(runs_[0].dates.interval_start, parse_instant("2026-11-12T16:00:00Z").value());
  EXPECT_EQ(runs_[0].dates.interval_end, parse_instant("2026-11-13T16:00:00Z").value());
}

TEST_F(Backfills, LiveWorkComesFirst) {
  limits_.local_slots = 4;
  core_ = std::make_unique<Core>(limits_);
  define();
  ask(days(1, 8), 8);
  EXPECT_EQ(running(), "1 2 3") << "a quarter of the slots is left free";
  const RunNo first = request(), second = request(), third = request();
  EXPECT_TRUE(live_.contains(first));
  EXPECT_FALSE(live_.contains(second));
  end(RunNo{1});
  EXPECT_TRUE(live_.contains(second)) << "before the dates that have waited longer";
  end(first);
  EXPECT_TRUE(live_.contains(third));
  end(second);
  end(third);
  EXPECT_EQ(running(), "2 3 4");
}

TEST_F(Backfills, ConcurrencyOfLiveRunsIsNotItsBusiness) {
  for (const Conflict conflict : {Conflict::Skip, Conflict::CancelRunning}) {
    core_ = std::make_unique<Core>(limits_);
    runs_.clear(), rows_.clear(), live_.clear(), history_.clear(), definitions_.clear();
    define([&](model::Workflow& w) {
      w.concurrency_limit = 1;
      w.conflict = conflict;
    });
    const RunNo live = request();
    ask(days(1, 3), 2);
    EXPECT_EQ(running(), "1 2 3");
    end(live);
    const RunNo next = request();
    EXPECT_TRUE(live_.contains(next));
    for (const auto& [run, row] : rows_) EXPECT_FALSE(row.cancel_requested);
  }
}

TEST_F(Backfills, PauseResumeAndCancel) {
  define();
  ask(days(1, 6));
  steer(Steer::Pause);
  end(RunNo{1});
  EXPECT_EQ(running(), "2");
  EXPECT_EQ(last_row_.state, BackfillState::Paused);
  EXPECT_EQ(last_row_.note, "ann");
  steer(Steer::Pause);
  EXPECT_EQ(last_row_.note, "ann");
  restart();
  EXPECT_EQ(running(), "2");
  steer(Steer::Resume);
  EXPECT_EQ(running(), "2 3");
  steer(Steer::Cancel);
  EXPECT_EQ(fates(), "1:succeeded 2:running 3:running 4:cancelled 5:cancelled 6:cancelled");
  EXPECT_EQ(last_row_.ended_at, std::nullopt) << "two still run";
  steer(Steer::Resume);
  EXPECT_EQ(status_.error().code, Code::FailedPrecondition);
  end(RunNo{2});
  end(RunNo{3});
  EXPECT_EQ(last_row_.state, BackfillState::Cancelled);
  EXPECT_TRUE(last_row_.ended_at);
  steer(Steer::Cancel);
  EXPECT_EQ(status_.error().code, Code::FailedPrecondition);
}

TEST_F(Backfills, CancelMayEndWhatRuns) {
  define();
  ask(days(1, 3));
  steer(Steer::Cancel, {}, true);
  EXPECT_TRUE(rows_.at(RunNo{1}).cancel_requested);
  EXPECT_TRUE(rows_.at(RunNo{2}).cancel_requested);
  end(RunNo{1}, AttemptState::Killed);
  end(RunNo{2}, AttemptState::Killed);
  EXPECT_EQ(fates(), "1:cancelled 2:cancelled 3:cancelled");
  EXPECT_EQ(last_row_.state, BackfillState::Cancelled);
}

TEST_F(Backfills, OneDateMayBeCancelled) {
  define();
  ask(days(1, 4));
  steer(Steer::Cancel, day(4));
  steer(Steer::Cancel, day(1));
  EXPECT_TRUE(rows_.at(RunNo{1}).cancel_requested);
  EXPECT_FALSE(rows_.at(RunNo{2}).cancel_requested);
  end(RunNo{1}, AttemptState::Killed);
  EXPECT_EQ(fates(), "1:cancelled 2:running 3:running 4:cancelled");
  steer(Steer::Cancel, day(1));
  EXPECT_EQ(status_.error().code, Code::FailedPrecondition);
  steer(Steer::Cancel, day(9));
  EXPECT_EQ(status_.error().code, Code::NotFound);
  end_all();
  EXPECT_EQ(last_row_.state, BackfillState::Finished);
}

}  // namespace
}  // namespace gantry::core
