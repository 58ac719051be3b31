// Events: what becomes of each, for every trigger that listens.
#include "core/happen_testing.h"

namespace gantry::core {
namespace {

// The runs of such a workflow stay open: nobody reports the end of their task.
void runs_on(model::Workflow& w) {
  w.tasks[0].action.kind = model::ActionKind::Run;
  w.tasks[0].action.script = "true";
}

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
  EXPECT_EQ(event.fates[3].reason_zh, "工作流“stopped”已停用（ann: repair）");
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

TEST_F(Events, ACycleOfWorkflowsIsRefused) {
  define("a", {on_ends("t", {"c"})});
  define("b", {on_ends("t", {"a"})});
  define("c", {on_ends("t", {"x", "b"})});
  ASSERT_FALSE(refused_.ok());
  EXPECT_EQ(refused_.error().topic, "trigger-cycle");
  EXPECT_NE(refused_.error().message.find("c -> a -> b -> c"), std::string::npos)
      << refused_.error().message;
  define("c", {on_ends("t", {"x"})});
  EXPECT_TRUE(refused_.ok());
  request("a");  // `b` follows, nothing follows it
  EXPECT_EQ(runs_.size(), 2u);
  define("d", {on_ends("t", {"b"})}, [](model::Workflow& w) { w.enabled = false; });
  define("a", {on_ends("t", {"d"})});  // what is switched off starts nothing
  EXPECT_TRUE(refused_.ok());
}

// As a store of before may have it.
TEST_F(Events, ACycleEndsAtItsLimit) {
  define("a", {});
  define("b", {on_ends("t", {"a"})});
  listen("a", {on_ends("t", {"b"})});
  request("a");
  EXPECT_EQ(runs_.size(), static_cast<std::size_t>(limits::kEventChainMax) + 1);
  EXPECT_EQ(events_.back().fates[0].fate, Fate::Refused);
  EXPECT_NE(events_.back().fates[0].reason.find("cycle"), std::string::npos);
}

TEST_F(Events, AStormOfEndsIsBoundedInEachTurnAndAltogether) {
  define("a", {});
  define("b", {on_ends("t", {"a"})});
  define("c", {on_ends("t", {"a"})});
  listen("a", {on_ends("t", {"b", "c"})});
  apply(requested("a"));
  std::size_t turns = 0;
  while (core_->wake_at().steady <= now_.steady) {
    EXPECT_LE(created(), limits::kEndFatesPerTurn + 2) << "in turn " << turns;
    if (++turns == 3) {  // what is still to be decided is in the store
      restart();
      provide_all();
      EXPECT_LE(created(), limits::kEndFatesPerTurn + 2);
    }
    ASSERT_LT(turns, 1000u);
    apply(model::TimePassed{});
  }
  EXPECT_GT(turns, 3u);
  EXPECT_TRUE(core_->state().open_events.empty());
  EXPECT_LE(runs_.size(),
            static_cast<std::size_t>(limits::kEventBreadthMax * limits::kEventChainMax));
  const auto refused = std::count_if(events_.begin(), events_.end(), [](const auto& event) {
    return !event.is_open && event.fates.back().reason.find("chains") != std::string::npos;
  });
  EXPECT_GT(refused, 0);
}

// Those of a turn that had room must not pass those of the turn before that had none.
TEST_F(Events, EndsAreDecidedInTheirOrder) {
  const auto many = [](const std::string& upstream) {
    std::vector<model::Trigger> triggers;
    for (int i = 0; i < 40; ++i) triggers.push_back(on_ends("t" + std::to_string(i), {upstream}));
    return triggers;
  };
  define("a", {});
  define("b", many("a"));
  define("c", many("b"));
  request("a");  // 40 runs of b end in its turn, and each is to be told to 40 triggers
  int turns = 0;
  for (; core_->wake_at().steady <= now_.steady; ++turns) {
    ASSERT_LT(turns, 1000);
    if (turns < 3) request("a");
    apply(model::TimePassed{});
  }
  EXPECT_GT(turns, 3);
  std::vector<std::int64_t> order;
  for (const auto& event : events_)
    if (!event.is_open && event.name == "b") order.push_back(std::stoll(event.keys.at(0)));
  EXPECT_EQ(order.size(), 160u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(Events, WhatOpenRunsKeepInMemoryIsBounded) {
  Limits limits{16, {}, 100};
  limits.event_bytes_max = 1u << 20;
  core_ = std::make_unique<Core>(limits);
  define("one", {on_event("t", "e")}, runs_on);
  define("two", {on_event("t", "e")}, runs_on);
  const Value large = ValueMap{{"text", std::string(400'000, 'x')}};
  emit("e", large);
  EXPECT_EQ(emit("e", large).fates[1].fate, Fate::Run);  // both share what came
  const std::size_t before = events_.size();
  emit("e", large);
  EXPECT_EQ(answered_, nullptr);
  EXPECT_EQ(refused_.error().code, Code::ResourceExhausted) << "who hands it in tries again";
  EXPECT_FALSE(refused_.error().zh.empty());
  EXPECT_EQ(events_.size(), before);
  EXPECT_EQ(emit("e").fates[0].fate, Fate::Run);
  for (const RunNo run : {RunNo{1}, RunNo{2}}) {
    apply(model::CancelRequested{{}, run, "ann"});
    model::AttemptReport report;
    report.id = core_->state().runs.at(run).tasks[0].row.attempt;
    report.state = model::AttemptState::Killed;
    apply(model::AttemptReported{report});
  }
  EXPECT_EQ(emit("e", large).fates[0].fate, Fate::Run);
}

TEST_F(Events, OneForWhoseRunsThereIsNoRoomIsNotTaken) {
  Limits limits{16, {}, 100};
  limits.open_runs_max = 3;
  core_ = std::make_unique<Core>(limits);
  define("one", {on_event("t", "e")}, runs_on);
  define("two", {on_event("t", "e")}, runs_on);
  EXPECT_EQ(emit("e").fates[1].fate, Fate::Run);
  emit("e");  // one of both would fit
  EXPECT_EQ(refused_.error().code, Code::ResourceExhausted);
  EXPECT_EQ(runs_.size(), 2u);
  EXPECT_EQ(emit("other").fates[0].fate, Fate::Nobody);
}

// Many may listen to one run.
TEST_F(Events, AnEndStartsManyAtOnce) {
  define("up", {});
  for (int i = 0; i < 80; ++i) define("down" + std::to_string(i), {on_ends("t", {"up"})});
  request("up");
  EXPECT_EQ(runs_.size(), 81u);
}

TEST_F(Events, ADepthThatSomebodySendsIsNone) {
  define("w", {on_event("t", "e")});
  EXPECT_EQ(emit("e", ValueMap{{"depth", 1000}, {"breadth", 100'000}}).fates[0].fate, Fate::Run);
}

}  // namespace
}  // namespace gantry::core
