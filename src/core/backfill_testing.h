// What tests of backfills share.
#pragma once

#include "core/core_testing.h"

namespace gantry::core {
using model::AttemptState;
using model::BackfillState;
using model::Conflict;
using model::DateFate;
using model::Steer;

inline CivilDate day(int number) { return {2026, 11, number}; }

inline std::vector<model::BackfillDate> days(int first, int last) {
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

}  // namespace gantry::core
