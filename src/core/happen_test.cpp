// Events: what becomes of each, for every trigger that listens.
#include <gtest/gtest.h>

#include "core/core_testing.h"

namespace gantry::core {
namespace {

using model::EventFrom;
using model::Fate;
using model::TriggerKind;

model::Trigger on_event(const std::string& id, const std::string& name,
                        const std::string& match = "") {
  model::Trigger trigger;
  trigger.id = id;
  trigger.kind = TriggerKind::Event;
  trigger.timezone = "UTC";
  model::SourceDetails source;
  source.event.name = name;
  source.match = match;
  trigger.source = source;
  return trigger;
}

model::Trigger on_ends(const std::string& id, std::vector<std::string> workflows, bool all = false,
                       bool same_date = false) {
  model::Trigger trigger;
  trigger.id = id;
  trigger.kind = TriggerKind::Workflow;
  trigger.timezone = "UTC";
  model::SourceDetails source;
  source.completion.workflows = std::move(workflows);
  source.completion.all = all;
  source.completion.same_date = same_date;
  trigger.source = source;
  return trigger;
}

// A core with several workflows of one task that is nothing.
class Events : public testing::Test {
 protected:
  void define(const std::string& name, std::vector<model::Trigger> triggers,
              const std::function<void(model::Workflow&)>& alter = nullptr) {
    model::Workflow workflow = Bench::workflow({{"a", {}}});
    workflow.name = name;
    workflow.tasks[0].action = {};
    workflow.triggers = std::move(triggers);
    if (alter) alter(workflow);
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = std::move(workflow);
    definition->hash = name + std::to_string(++versions_);
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
      if (const auto* c = std::get_if<model::EventRecorded>(&change.body))
        events_.push_back(*c->row);
      if (const auto* c = std::get_if<model::RunCreated>(&change.body)) runs_.push_back(*c->origin);
    }
    for (const model::Command& command : effects_.commands)
      if (const auto* answer = std::get_if<model::Answer>(&command); answer != nullptr)
        answered_ = answer->event;
  }

  model::EventRow emit(const std::string& name, Value payload = ValueMap{}) {
    answered_ = nullptr;
    apply(model::EventReceived{{1}, EventFrom::Emit, name, {}, "ann", std::move(payload)});
    return answered_ ? *answered_ : model::EventRow();
  }

  RunNo request(const std::string& workflow) {
    model::RunRequested event;
    event.workflow = workflow;
    apply(event);
    return runs_.back().run;
  }

  // What a restart finds: everything that was committed, no plans.
  void restart() {
    auto again = std::make_unique<Core>(Limits{16, {}, 100});
    for (const model::Change& change : history_) again->fold(change);
    again->set_counters(core_->state().counters);
    core_ = std::move(again);
  }
  void provide_all() {
    std::vector<model::WorkflowProvided> all;
    for (const VersionId version : core_->missing_plans()) all.push_back(provided(version));
    effects_.clear();
    core_->resume(all, now_, effects_);
    take_effects();
  }
  model::WorkflowProvided provided(VersionId version) const {
    const auto& d = definitions_[static_cast<std::size_t>(version.value - 1)];
    return {version, {d, &d->workflow}, "", ""};
  }

  std::unique_ptr<Core> core_ = std::make_unique<Core>(Limits{16, {}, 100});
  Now now_{parse_instant("2026-11-22T00:00:00Z").value(), Steady{1000}};
  model::Effects effects_;
  std::vector<model::Change> history_;
  std::vector<model::EventRow> events_;
  std::vector<model::RunOrigin> runs_;
  std::shared_ptr<const model::EventRow> answered_;
  std::vector<std::shared_ptr<const model::Definition>> definitions_;
  int versions_ = 0;
};

TEST_F(Events, NobodyListensIsOnRecord) {
  const auto event = emit("orders");
  ASSERT_EQ(event.fates.size(), 1u);
  EXPECT_EQ(event.fates[0].fate, Fate::Nobody);
  EXPECT_EQ(event.id, EventId{1});
  EXPECT_EQ(emit("orders").id, EventId{2});
}

TEST_F(Events, EachTriggerHasItsFate) {
  define("big", {on_event("t", "orders", "event.amount > 5")});
  define("broken", {on_event("t", "orders", "event.nothing > 5")});
  define("other", {on_event("t", "payments")});
  define("two", {on_event("x", "orders"), on_event("y", "orders", "event.amount == 6")});
  const auto event = emit("orders", ValueMap{{"amount", 6}});
  ASSERT_EQ(event.fates.size(), 4u);
  EXPECT_EQ(event.fates[0].fate, Fate::Run);
  EXPECT_EQ(event.fates[1].fate, Fate::Refused);
  EXPECT_NE(event.fates[1].reason.find("match"), std::string::npos);
  EXPECT_EQ(event.fates[2].fate, Fate::Run);
  EXPECT_EQ(event.fates[3].fate, Fate::Run);
  ASSERT_EQ(runs_.size(), 3u);
  EXPECT_EQ(runs_[0].cause, model::CauseKind::Event);
  EXPECT_EQ(runs_[0].event_id, event.id);
  EXPECT_EQ(*runs_[0].event, event.payload);
  EXPECT_EQ(runs_[0].trigger, "t");
  EXPECT_EQ(runs_[0].initiator, "ann");
  EXPECT_EQ(emit("orders", ValueMap{{"amount", 5}}).fates[0].fate, Fate::Filtered);
}

TEST_F(Events, WhatStandsStillRefusesAndWhatIsPausedWaits) {
  define("off", {on_event("t", "e")}, [](model::Workflow& w) { w.enabled = false; });
  define("quiet", {on_event("t", "e")}, [](model::Workflow& w) { w.triggers[0].enabled = false; });
  define("held", {on_event("t", "e")});
  apply(model::HoldRequested{{}, model::Hold::Pause, {}, "held", "ann", ""});
  define("stopped", {on_event("t", "e")});
  apply(model::HoldRequested{{}, model::Hold::Disable, {}, "stopped", "ann", "repair"});
  const auto event = emit("e");
  ASSERT_EQ(event.fates.size(), 4u);
  EXPECT_EQ(event.fates[0].fate, Fate::Refused);
  EXPECT_EQ(event.fates[1].fate, Fate::Refused);
  EXPECT_EQ(event.fates[2].fate, Fate::Run);
  EXPECT_EQ(event.fates[3].fate, Fate::Refused);
  EXPECT_NE(event.fates[3].reason.find("repair"), std::string::npos);
  EXPECT_EQ(core_->state().runs.at(event.fates[2].run).row.state, model::RunState::Queued);
}

TEST_F(Events, ParamsMayComeFromTheEvent) {
  auto trigger = on_event("t", "e");
  trigger.params = {{"amount", "${{ event.amount }}"}};
  define("w", {trigger}, [](model::Workflow& w) {
    model::Param amount;
    amount.name = "amount";
    amount.type = model::ParamType::Int;
    w.params.push_back(amount);
  });
  EXPECT_EQ(emit("e", ValueMap{{"amount", 7}}).fates[0].fate, Fate::Run);
  EXPECT_EQ(runs_[0].params, (ValueMap{{"amount", 7}}));
  EXPECT_EQ(emit("e").fates[0].fate, Fate::Refused);
}

TEST_F(Events, ConcurrencySkips) {
  define("w", {on_event("t", "e")}, [](model::Workflow& w) {
    w.tasks[0].action.kind = model::ActionKind::Run;
    w.tasks[0].action.script = "true";
    w.concurrency_limit = 1;
    w.conflict = model::Conflict::Skip;
  });
  EXPECT_EQ(emit("e").fates[0].fate, Fate::Run);
  EXPECT_EQ(emit("e").fates[0].fate, Fate::Skipped);
}

TEST_F(Events, AfterARestartItWaitsForThePlansOfAll) {
  define("a", {on_event("t", "e")});
  define("b", {on_event("t", "e")});
  restart();
  emit("e");
  EXPECT_EQ(answered_, nullptr);
  apply(provided(VersionId{1}));
  EXPECT_EQ(answered_, nullptr);
  apply(model::WorkflowProvided{VersionId{2}, nullptr, "", "gone"});
  ASSERT_NE(answered_, nullptr);
  EXPECT_EQ(answered_->fates[0].fate, Fate::Run);
  EXPECT_EQ(answered_->fates[1].fate, Fate::Refused);
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(Events, TheEndOfARunStartsOthersInTheSameCommit) {
  define("up", {});
  define("down", {on_ends("t", {"up"})});
  request("up");
  ASSERT_EQ(runs_.size(), 2u);
  EXPECT_EQ(runs_[1].workflow_name, "down");
  EXPECT_EQ(runs_[1].cause, model::CauseKind::Workflow);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].keys, std::vector<std::string>{"1/1"});
  request("down");  // nobody listens: no event
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(Events, AnEndThatNobodyCouldDecideIsDecidedAfterARestart) {
  define("up", {});
  define("down", {on_ends("t", {"up"})});
  restart();
  model::RunRequested event;
  event.workflow = "up";
  apply(event);
  apply(provided(VersionId{1}));  // the plan of `up` only
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_TRUE(events_[0].is_open);
  EXPECT_EQ(core_->state().open_events.size(), 1u);
  restart();
  provide_all();
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_FALSE(events_[1].is_open);
  EXPECT_EQ(events_[1].id, events_[0].id);
  EXPECT_EQ(events_[1].fates[0].fate, Fate::Run);
  EXPECT_TRUE(core_->state().open_events.empty());
  provide_all();
  EXPECT_EQ(events_.size(), 2u);
}

TEST_F(Events, ACycleEndsAtItsLimit) {
  define("a", {on_ends("t", {"b"})});
  define("b", {on_ends("t", {"a"})});
  request("a");
  EXPECT_EQ(runs_.size(), static_cast<std::size_t>(limits::kEventChainMax) + 1);
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Refused);
  EXPECT_NE(events_.back().fates[0].reason.find("cycle"), std::string::npos);
}

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
