// Every violation the checker knows is planted once, and found.
#include "store/checker.h"

#include <gtest/gtest.h>

#include "data.h"
#include "scratch.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"
#include "store/witness.h"

namespace gantry::store {
namespace {

using namespace model;

class Checker : public testing::Test {
 protected:
  Checker() {
    EXPECT_TRUE(committer_.open().ok());
    commit(workflow_changes(1, "sales"));
  }
  void commit(const std::vector<Change>& changes) {
    const Status status = committer_.commit(changes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  std::vector<std::string> check(const CheckOptions& options = {}) {
    auto reader = std::move(store_.new_reader()).value();
    auto report = check_store(*reader, options);
    EXPECT_TRUE(report.ok()) << report.error().message;
    std::vector<std::string> texts;
    for (const Violation& v : report.value().violations)
      texts.push_back(v.invariant + " " + std::to_string(v.run.value) + ": " + v.evidence);
    return texts;
  }
  // The attempt `number` of task 0 of run 1 begins and ends.
  std::vector<Change> attempt(std::int64_t id, int number, AttemptState end,
                              std::uint32_t task = 0) {
    AttemptRow row = attempt_row(1, task, id, AttemptState::Running);
    row.number = number;
    std::vector<Change> changes{change(AttemptChanged{row})};
    row.state = end;
    row.exit_code = end == AttemptState::Succeeded ? 0 : 3;
    changes.push_back(change(AttemptChanged{row}));
    return changes;
  }
  void open_run() {
    commit({created(origin_of(1, 1, "sales")), change(RunChanged{run_row(1, RunState::Running)})});
  }

  MemoryStore store_;
  Committer committer_{store_};
};

using Texts = std::vector<std::string>;

TEST_F(Checker, FindsNothingInAGoodStore) {
  commit(finished_run(1, 1, "sales", 3));
  commit({created(origin_of(2, 1, "sales"))});
  EXPECT_EQ(check({.local_slots = 1, .pools = {{"warehouse", 2}}}), Texts{});
}

TEST_F(Checker, I1ClosedButNotTerminal) {
  open_run();
  commit({change(RunClosed{RunNo{1}})});
  EXPECT_EQ(check(), Texts{"I1 1: closed, but its state is running"});
}

TEST_F(Checker, I1TerminalWithOpenTasks) {
  open_run();
  commit({change(TaskChanged{task_row(1, 0, TaskState::Queued)}),
          change(RunChanged{run_row(1, RunState::Failed)})});
  EXPECT_EQ(check(), Texts{"I1 1: the run is failed, but task task-0 is queued"});
}

TEST_F(Checker, I1SucceededWithoutATask) {
  commit(finished_run(1, 1, "sales", 2));
  EXPECT_EQ(check(), Texts{"I1 1: the run succeeded, but task task-2 was never decided"});
}

TEST_F(Checker, I1ClosedWithARunningAttempt) {
  open_run();
  commit({change(AttemptChanged{attempt_row(1, 0, 5, AttemptState::Running)}),
          change(RunChanged{run_row(1, RunState::Failed)}), change(RunClosed{RunNo{1}})});
  EXPECT_EQ(check(), Texts{"I1 1: the run is closed, but attempt 1 of task task-0 is running"});
}

TEST_F(Checker, I3AnAttemptAfterASuccess) {
  open_run();
  commit(attempt(1, 1, AttemptState::Failed));
  commit(attempt(2, 2, AttemptState::Succeeded));
  EXPECT_EQ(check(), Texts{});
  commit(attempt(3, 3, AttemptState::NotStarted));
  EXPECT_EQ(check(), Texts{});
  commit(attempt(4, 3, AttemptState::Failed));
  EXPECT_EQ(check(),
            Texts{"I3 1: task task-0: attempt 3 was made although attempt 2 had succeeded"});
}

TEST_F(Checker, I3BackgroundTasksRepeat) {
  open_run();
  commit(attempt(1, 1, AttemptState::Succeeded, 2));
  commit(attempt(2, 2, AttemptState::Succeeded, 2));
  EXPECT_EQ(check(), Texts{});
}

TEST_F(Checker, I3ATaskLeavesATerminalState) {
  open_run();
  commit({change(TaskChanged{task_row(1, 0, TaskState::Failed)})});
  TaskRow again = task_row(1, 0, TaskState::Queued);
  again.generation = 2;
  commit({change(TaskChanged{again})});
  EXPECT_EQ(check(), Texts{});
  again.state = TaskState::Succeeded;
  commit({change(TaskChanged{again})});
  again.state = TaskState::Running;
  commit({change(TaskChanged{again})});
  EXPECT_EQ(check(),
            Texts{"I3 1: task task-0 went from succeeded to running at history position 8"});
}

TEST_F(Checker, I5MoreThanTheLimit) {
  open_run();
  commit({change(AttemptChanged{attempt_row(1, 0, 1, AttemptState::Running)}),
          change(AttemptChanged{attempt_row(1, 1, 2, AttemptState::Running)}),
          change(AttemptChanged{attempt_row(1, 2, 3, AttemptState::Running)}),
          change(AttemptChanged{attempt_row(1, 1, 4, AttemptState::Running)})});
  EXPECT_EQ(check({.local_slots = 3}), Texts{});  // task-2 is in the background
  EXPECT_EQ(check({.local_slots = 2, .pools = {{"warehouse", 2}}}),
            (Texts{"I5 1: local slots: 3 of 2 used at history position 8",
                   "I5 1: pool warehouse: 4 of 2 used at history position 8"}));
}

TEST_F(Checker, I5ATaskThatWantsMoreThanThePoolHasIsAloneInIt) {
  open_run();
  commit({change(AttemptChanged{attempt_row(1, 1, 1, AttemptState::Running)})});
  EXPECT_EQ(check({.pools = {{"warehouse", 1}}}), Texts{});
  commit({change(AttemptChanged{attempt_row(1, 1, 2, AttemptState::Running)})});
  EXPECT_EQ(check({.pools = {{"warehouse", 1}}}),
            Texts{"I5 1: pool warehouse: 3 of 1 used at history position 6"});
}

TEST_F(Checker, I5ALimitThatAPersonSetCountsFromThenOn) {
  const auto begins = [](std::int64_t id, std::uint32_t task) {
    return change(AttemptChanged{attempt_row(1, task, id, AttemptState::Running)});
  };
  open_run();
  commit({begins(1, 1), change(PoolLimitChanged{{"warehouse", 4, "anna", "", Instant{1}}}),
          begins(2, 1)});
  EXPECT_EQ(check({.pools = {{"warehouse", 2}}}), Texts{});
  commit({change(PoolLimitChanged{{"warehouse", 1, "anna", "", Instant{2}}})});
  EXPECT_EQ(check({.pools = {{"warehouse", 2}}}), Texts{});  // what runs goes on
  commit({begins(3, 1)});
  EXPECT_EQ(check({.pools = {{"warehouse", 9}}}),
            Texts{"I5 1: pool warehouse: 5 of 1 used at history position 9"});
  commit({change(PoolLimitChanged{{"warehouse", std::nullopt, "anna", "", Instant{3}}}),
          begins(4, 1)});
  EXPECT_EQ(check({.pools = {{"warehouse", 9}}}).size(), 1u);
}

TEST_F(Checker, I8RowsThatDifferFromHistory) {
  open_run();
  commit({change(TaskChanged{task_row(1, 0, TaskState::Queued)}),
          change(AttemptChanged{attempt_row(1, 0, 1, AttemptState::Running)})});
  MemoryState state = store_.disk()->snapshot();
  MemoryRun& run = state.runs.at(RunNo{1});
  run.row.state = RunState::Queued;
  run.tasks.begin()->second.state = TaskState::Running;
  run.attempts.begin()->second.state = AttemptState::Failed;
  store_.disk()->restore(state);
  EXPECT_EQ(check(), (Texts{"I8 1: its row is queued, its history says running",
                            "I8 1: the row of task task-0 is running, its history says queued",
                            "I8 1: the row of attempt id 1 is failed, its history says running"}));
}

TEST_F(Checker, I8GapsAndRepetitions) {
  commit(finished_run(1, 1, "sales", 3));
  MemoryState state = store_.disk()->snapshot();
  auto& history = state.runs.at(RunNo{1}).history;
  history.erase(history.begin());
  history[3].position = history[4].position;
  store_.disk()->restore(state);
  EXPECT_EQ(check(), (Texts{"I8 1: its history begins with run_changed",
                            "I8 0: history positions 3 to 3 are missing",
                            "I8 0: history positions 7 to 7 are missing",
                            "I8 0: history position 8 stands twice"}));
}

TEST_F(Checker, WitnessAgrees) {
  open_run();
  commit(attempt(1, 1, AttemptState::NotStarted));
  commit(attempt(2, 1, AttemptState::Failed));
  commit(attempt(3, 2, AttemptState::Succeeded));
  EXPECT_EQ(check({.witness = "1 task-0 - 1 1 begin\n1 task-0 - 1 1 end 3\n"
                              "1 task-0 - 1 2 begin\n1 task-0 - 1 2 end 0\n"}),
            Texts{});
}

TEST_F(Checker, WitnessFindsWhatRanTwice) {
  open_run();
  commit(attempt(1, 1, AttemptState::Failed));
  EXPECT_EQ(
      check({.witness = "1 task-0 - 1 1 begin\n1 task-0 - 1 1 begin\n"}),
      Texts{"I2 1: run 1, task task-0, generation 1, attempt 1 began 2 times, last in line 2"});
}

TEST_F(Checker, WitnessFindsWhatIsNotRecorded) {
  open_run();
  commit(attempt(1, 1, AttemptState::NotStarted));
  EXPECT_EQ(
      check({.witness = "1 task-0 - 1 1 begin\n1 task-0 4 1 1 begin\n9 task-0 - 1 1 begin\n"}),
      (Texts{"I2 1: run 1, task task-0, generation 1, attempt 1 ran (line 1), but is recorded as "
             "not started",
             "I2 1: run 1, task task-0, item 4, generation 1, attempt 1 ran (line 2), but is not "
             "recorded",
             "I2 9: run 9, task task-0, generation 1, attempt 1 ran (line 3), but the run is not "
             "recorded"}));
}

TEST_F(Checker, WitnessFindsACompletedTaskThatRanAgain) {
  open_run();
  commit(attempt(1, 1, AttemptState::Succeeded));
  AttemptRow second = attempt_row(1, 0, 2, AttemptState::Running);
  second.number = 2;
  commit({change(AttemptChanged{second})});
  const auto found = check({.witness = "1 task-0 - 1 1 begin\n1 task-0 - 1 1 end 0\n"
                                       "1 task-0 - 1 2 begin\n"});
  EXPECT_EQ(found.back(),
            "I3 1: run 1, task task-0, generation 1, attempt 2 began (line 3) although attempt 1 "
            "had succeeded");
}

TEST_F(Checker, WitnessFindsWrongExitCodes) {
  open_run();
  commit(attempt(1, 1, AttemptState::Failed));
  commit(attempt(2, 2, AttemptState::Succeeded));
  EXPECT_EQ(check({.witness = "1 task-0 - 1 1 begin\n1 task-0 - 1 1 end 4\n"
                              "1 task-0 - 1 2 begin\n"}),
            (Texts{"I4 1: run 1, task task-0, generation 1, attempt 1 wrote exit code 4, recorded "
                   "is 3",
                   "I4 1: run 1, task task-0, generation 1, attempt 2: recorded as succeeded, but "
                   "the task never wrote its end"}));
}

TEST_F(Checker, RefusesWhatIsNoWitness) {
  for (const char* bad : {"1 a - 1 1\n", "x a - 1 1 begin\n", "1 a - 1 1 begin 5\n", "\n",
                          "1 a - 1 1 end\n", "1 a - 1 1 end x\n", "1 a b 1 1 begin\n"}) {
    const auto witness = parse_witness(bad);
    ASSERT_FALSE(witness.ok()) << bad;
    EXPECT_NE(witness.error().message.find("line 1"), std::string::npos);
  }
  EXPECT_EQ(parse_witness("1 a - 1 1 begin\n1 a - 1 1 e").value().lines, 1);
}

TEST_F(Checker, ShowsABoundedNumber) {
  for (int run = 1; run <= 20; ++run) commit(finished_run(run, 1, "sales", 1));
  EXPECT_EQ(check({.violations_max = 5}).size(), 5u);
}

TEST(SqliteFileCheck, FindsNothingInAGoodFileAndWhatWasBroken) {
  const Scratch scratch;
  const std::string path = scratch.path("store.db");
  auto store = std::move(SqliteStore::open(path)).value();
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  ASSERT_TRUE(committer.commit(workflow_changes(1, "sales")).ok());
  ASSERT_TRUE(committer.commit(finished_run(1, 1, "sales", 3)).ok());
  while (store->tidy().value()) continue;
  ASSERT_TRUE(committer.commit(finished_run(2, 1, "sales", 3)).ok());
  auto reader = std::move(store->new_reader()).value();
  EXPECT_TRUE(check_store(*reader).value().violations.empty());
  EXPECT_TRUE(check_sqlite_file(path).value().empty());
  {
    auto db = Database::open(path, {});
    ASSERT_TRUE(db.value()
                    .execute("DELETE FROM run WHERE run=2; DELETE FROM content;"
                             "DELETE FROM history WHERE position=(SELECT max(position) FROM "
                             "history)")
                    .ok());
  }
  std::vector<std::string> texts;
  const auto found = check_sqlite_file(path);
  ASSERT_TRUE(found.ok());
  for (const Violation& v : found.value()) texts.push_back(v.evidence);
  EXPECT_EQ(texts, (Texts{"the last history position is not the one the store counted: 1",
                          "tasks without a run: 3", "attempts without a run: 3",
                          "versions without their text: 1"}));
}

}  // namespace
}  // namespace gantry::store
