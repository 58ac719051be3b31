// The engine around the core: when it packs the history of closed runs, and what it makes of a
// store that was restored.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "store/memory_store.h"

namespace gantry::engine {
namespace {

class StandingClock : public Clock {
 public:
  Instant wall() const override { return Instant{now.us}; }
  Duration since_boot() const override { return now; }
  Duration now = hours(1);
};

// There is always more to pack.
class UntidyStore : public store::MemoryStore {
 public:
  explicit UntidyStore(StandingClock& clock) : clock_(clock) {}
  Result<bool> tidy() override {
    ++tidied;
    clock_.now = clock_.now + cost;
    return true;
  }
  int tidied = 0;
  Duration cost;

 private:
  StandingClock& clock_;
};

class NoRunner : public runner::Runner {
 public:
  void start(const model::StartAttempt&) override {}
  void stop(const model::StopAttempt&) override {}
  void acknowledge(AttemptId, RunNo) override {}
  void recover(const std::vector<model::AttemptRow>& running) override { adopted = running; }
  void close_run(RunNo) override {}
  std::vector<model::AttemptRow> adopted;
};

class NoVersions : public VersionSource {
 public:
  model::WorkflowProvided load(VersionId) override { return {}; }
};

class Tidying : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine_.recover().ok()); }
  // A second in which something comes every ten milliseconds.
  void be_busy() {
    const Duration end = clock_.now + seconds(1);
    for (; clock_.now < end; clock_.now = clock_.now + milliseconds(10)) {
      ASSERT_TRUE(engine_.record({{clock_.wall(), "test", model::AuditNoted{}}}, nullptr));
      engine_.step(Duration{0});
    }
  }

  StandingClock clock_;
  UntidyStore store_{clock_};
  NoRunner runner_;
  NoVersions versions_;
  Engine engine_{{}, clock_, store_, runner_, versions_};
};

TEST_F(Tidying, GoesOnWithoutAPauseInTheLoad) {
  be_busy();
  EXPECT_GE(store_.tidied, 10);
  EXPECT_LE(store_.tidied, 21);
}

TEST_F(Tidying, LeavesABusyEngineMostOfItsTime) {
  store_.cost = milliseconds(40);
  be_busy();
  EXPECT_GE(store_.tidied, 2);
  EXPECT_LE(store_.tidied, 3);
}

TEST_F(Tidying, AnIdleEngineDoesNothingElse) {
  for (int i = 0; i < 100; ++i) engine_.step(Duration{0});
  EXPECT_EQ(store_.tidied, 100);
}

// ---- a restored store ----------------------------------------------------------------------

class OneTask : public VersionSource {
 public:
  model::WorkflowProvided load(VersionId version) override {
    auto workflow = std::make_shared<model::Workflow>();
    workflow->name = "w";
    for (const char* name : {"a", "b"}) {
      workflow->tasks.emplace_back();
      workflow->tasks.back().name = name;
      workflow->tasks.back().action.kind = model::ActionKind::Exec;
    }
    return {version, std::move(workflow), "", ""};
  }
};

class RestoredStore : public testing::Test {
 protected:
  void SetUp() override {
    epoch_ = *store_.open_epoch();
    auto origin = std::make_shared<model::RunOrigin>();
    origin->run = RunNo{1};
    origin->workflow = WorkflowId{1};
    origin->version = VersionId{1};
    model::WorkflowRow workflow;
    workflow.id = WorkflowId{1};
    workflow.name = "w";
    workflow.version = VersionId{1};
    model::RunRow run;
    run.run = RunNo{1};
    run.state = model::RunState::Running;
    put({model::WorkflowChanged{workflow}, model::RunCreated{origin}, model::RunChanged{run}});
    run_task(0, 1);
  }
  void put(const std::vector<model::ChangeBody>& bodies) {
    std::vector<model::Change> changes;
    for (const model::ChangeBody& body : bodies) changes.push_back({Instant{1}, "test", body});
    ASSERT_TRUE(store_.commit({epoch_, ++batch_, {}, changes}).ok());
  }
  // A task whose attempt runs, of this incarnation.
  void run_task(std::uint32_t index, std::int64_t incarnation) {
    model::AttemptRow attempt;
    attempt.id = AttemptId{(incarnation << kAttemptCounterBits) | (index + 1)};
    attempt.run = RunNo{1};
    attempt.task = TaskIndex{index};
    attempt.number = 1;
    model::TaskRow task;
    task.run = RunNo{1};
    task.task = TaskIndex{index};
    task.state = model::TaskState::Running;
    task.attempts = 1;
    task.attempt = attempt.id;
    put({model::TaskChanged{task}, model::AttemptChanged{attempt}});
  }

  StandingClock clock_;
  store::MemoryStore store_;
  store::Epoch epoch_;
  std::int64_t batch_ = 0;
  NoRunner runner_;
  OneTask versions_;
};

TEST_F(RestoredStore, WhatRanInAnotherIncarnationIsInterruptedAndNotLookedFor) {
  ASSERT_TRUE(store_.raise_incarnation().ok());
  run_task(1, 2);
  Engine engine({}, clock_, store_, runner_, versions_);
  ASSERT_TRUE(engine.recover().ok());
  engine.step(Duration{0});
  ASSERT_EQ(runner_.adopted.size(), 1u);
  EXPECT_EQ(runner_.adopted[0].task, TaskIndex{1});
  const auto attempts = (*store_.new_reader())->attempts(RunNo{1}).value();
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].state, model::AttemptState::Interrupted);
  EXPECT_NE(attempts[0].error_tail.find("restored from a backup"), std::string::npos);
  EXPECT_EQ(attempts[1].state, model::AttemptState::Running);
  const auto tasks = (*store_.new_reader())->tasks(RunNo{1}).value();
  EXPECT_EQ(tasks[0].state, model::TaskState::Interrupted);
}

}  // namespace
}  // namespace gantry::engine
