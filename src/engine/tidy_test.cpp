// When the engine packs the history of closed runs.
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
  void recover(const std::vector<model::AttemptRow>&) override {}
  void close_run(RunNo) override {}
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

}  // namespace
}  // namespace gantry::engine
