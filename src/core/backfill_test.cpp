// Backfills: each date has one run, a few at a time, behind live work.
#include "core/core_testing.h"

namespace gantry::core {
namespace {

using model::AttemptState;
using model::BackfillState;
using model::Conflict;
using model::DateFate;
using model::Steer;

CivilDate day(int number) { return {2026, 11, number}; }

std::vector<model::BackfillDate> days(int first, int last) {
  std::vector<model::BackfillDate> dates;
  for (int i = first; i <= last; ++i) dates.push_back({day(i), DateFate::Pending, {}, ""});
  return dates;
}

// A workflow of one task; the test is the runner.
class Backfills : public testing::Test {
 protected:
  void define(const std::function<void(model::Workflow&)>& alter = nullptr) {
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = Bench::workflow({{"a", {}}});
    if (alter) alter(definition->workflow);
    definition->hash = "h" + std::to_string(definitions_.size());
    definitions_.push_back(definition);
    apply(model::DefinitionLoaded{{}, "test", definition});
  }

  void apply(const model::Event& event) {
    effects_.clear();
    core_->apply(event, now_, effects_);
    take_effects();
  }

  void take_effects() {
    for (const model::Change& change : effects_.changes) {
      history_.push_back(change);
      if (const auto* c = std::get_if<model::RunCreated>(&change.body)) runs_.push_back(*c->origin);
      if (const auto* c = std::get_if<model::BackfillChanged>(&change.body)) last_row_ = c->row;
      if (const auto* c = std::get_if<model::RunChanged>(&change.body)) rows_[c->row.run] = c->row;
    }
    for (const model::Command& command : effects_.commands) {
      if (const auto* start = std::get_if<model::StartAttempt>(&command))
        live_[start->run] = start->id;
      if (const auto* answer = std::get_if<model::Answer>(&command)) {
        status_ = answer->status;
        if (answer->backfill.value != 0) id_ = answer->backfill;
      }
    }
  }

  void ask(std::vector<model::BackfillDate> dates, int parallel = 2, ValueMap params = {},
           const std::string& trigger = "") {
    apply(model::BackfillRequested{
        {1}, "w", trigger, std::move(params), std::move(dates), parallel, "ann", ""});
  }
  void steer(Steer what, std::optional<CivilDate> date = {}, bool running = false) {
    apply(model::BackfillSteered{{1}, id_, what, date, running, "ann"});
  }

  // The attempt of the run's task.
  void end(RunNo run, AttemptState state = AttemptState::Succeeded) {
    model::AttemptReport report;
    ASSERT_TRUE(live_.contains(run)) << "run " << run.value << " has nothing that runs";
    report.id = live_.at(run);
    report.state = state;
    report.reason = state == AttemptState::Failed ? model::Reason::Exit : model::Reason::None;
    live_.erase(run);
    apply(model::AttemptReported{report});
  }
  void end_all() {
    while (!live_.empty()) end(live_.begin()->first);
  }

  RunNo request() {
    model::RunRequested event;
    event.workflow = "w";
    apply(event);
    return runs_.back().run;
  }

  std::string running() const {
    std::string out;
    for (const auto& [run, attempt] : live_) {
      out += out.empty() ? "" : " ";
      out += std::to_string(run.value);
    }
    return out;
  }
  // "1:succeeded 2:running", by day of the month.
  std::string fates() const {
    std::map<std::int64_t, model::BackfillDate> dates;
    for (const model::Change& change : history_) {
      if (const auto* c = std::get_if<model::BackfillBegun>(&change.body))
        for (std::size_t i = 0; i < c->dates->size(); ++i)
          dates[static_cast<std::int64_t>(i)] = (*c->dates)[i];
      if (const auto* c = std::get_if<model::BackfillDateChanged>(&change.body))
        dates[c->place] = c->row;
    }
    std::string out;
    for (const auto& [place, date] : dates) {
      out += out.empty() ? "" : " ";
      out += std::to_string(date.date.day) + ":" + std::string(name_of(date.fate));
    }
    return out;
  }

  // What a restart finds: everything that was committed, no plans.
  void restart() {
    auto again = std::make_unique<Core>(limits_);
    for (const model::Change& change : history_) again->fold(change);
    again->set_counters(core_->state().counters);
    const State before = core_->state();
    core_ = std::move(again);
    std::vector<model::WorkflowProvided> all;
    for (const VersionId version : core_->missing_plans()) all.push_back(provided(version));
    effects_.clear();
    core_->resume(all, now_, effects_);
    EXPECT_TRUE(core_->state().backfills == before.backfills);
    take_effects();
  }
  model::WorkflowProvided provided(VersionId version) const {
    const auto& d = definitions_[static_cast<std::size_t>(version.value - 1)];
    return {version, {d, &d->workflow}, "", ""};
  }

  Limits limits_{16, {}, 100};
  std::unique_ptr<Core> core_ = std::make_unique<Core>(limits_);
  Now now_{parse_instant("2026-11-22T00:00:00Z").value(), Steady{1000}};
  model::Effects effects_;
  std::vector<model::Change> history_;
  std::vector<model::RunOrigin> runs_;
  std::map<RunNo, model::RunRow> rows_;
  std::map<RunNo, AttemptId> live_;
  std::vector<std::shared_ptr<const model::Definition>> definitions_;
  model::BackfillRow last_row_;
  BackfillId id_;
  Status status_ = ok();
};

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
