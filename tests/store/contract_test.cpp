// What every Store must do.
#include <fmt/format.h>

#include "base/files.h"
#include "contract_fixture.h"

namespace gantry::store {
namespace {

using namespace model;

TEST_P(StoreContract, AFreshStoreIsEmpty) {
  const auto all = load_all(*store_);
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(all.value().changes.empty());
  EXPECT_EQ(all.value().recovery.incarnation, 1);
  EXPECT_EQ(all.value().recovery.last_batch, 0);
  EXPECT_EQ(all.value().recovery.mark, std::nullopt);
  EXPECT_EQ(all.value().recovery.last_run, RunNo{});
  EXPECT_EQ(store_->last_batch().value(), 0);
}

TEST_P(StoreContract, LoadGivesBackEveryField) {
  std::vector<Change> changes = workflow_changes(1, "finance/sales");
  auto& workflow = std::get<WorkflowChanged>(changes[1].body).row;
  workflow.enabled = false;
  workflow.concurrency_limit = 4;
  workflow.priority = 9;
  workflow.paused = workflow.disabled = true;
  workflow.hold_note = "anna";
  workflow.triggers.resize(1);
  workflow.triggers[0].id = "nightly";
  workflow.triggers[0].cron = "0 2 * * *";
  workflow.triggers[0].timezone = "UTC";
  changes.push_back(change(TriggerMoved{{WorkflowId{1}, "nightly", Instant{55}}}));
  changes.push_back(created(full_origin(3)));
  changes.push_back(change(RunChanged{full_run_row(3)}));
  changes.push_back(change(TaskChanged{full_task_row(3, 0)}));
  changes.push_back(change(TaskChanged{task_row(3, 1, TaskState::Queued)}));
  changes.push_back(change(AttemptChanged{full_attempt_row(3, 0, 8)}));
  commit(changes);
  restart();
  changes.erase(changes.begin());  // versions are not state of the engine
  EXPECT_EQ(loaded(), describe(changes));
}

TEST_P(StoreContract, LoadGivesOpenRunsInOrderAndOnlyRunningAttempts) {
  commit(workflow_changes(1, "sales"));
  commit({created(origin_of(2, 1, "sales")), change(TaskChanged{task_row(2, 0, TaskState::Queued)}),
          created(origin_of(1, 1, "sales")),
          change(AttemptChanged{attempt_row(1, 0, 1, AttemptState::Failed)}),
          change(AttemptChanged{attempt_row(1, 0, 2, AttemptState::Running)}),
          change(TaskChanged{task_row(1, 0, TaskState::Running)})});
  commit(finished_run(3, 1, "sales", 2));
  const auto texts = loaded();
  ASSERT_EQ(texts.size(), 8u);
  EXPECT_TRUE(texts[0].starts_with("workflow 1"));
  EXPECT_TRUE(texts[1].starts_with("created 1"));
  EXPECT_TRUE(texts[2].starts_with("run 1 queued"));
  EXPECT_TRUE(texts[3].starts_with("task 1/0"));
  EXPECT_TRUE(texts[4].starts_with("attempt 2"));
  EXPECT_TRUE(texts[5].starts_with("created 2"));
  EXPECT_TRUE(texts[6].starts_with("run 2"));
  EXPECT_TRUE(texts[7].starts_with("task 2/0"));
}

TEST_P(StoreContract, ARowReplacesTheEarlierOne) {
  commit(workflow_changes(1, "sales"));
  commit({created(origin_of(1, 1, "sales")), change(TaskChanged{full_task_row(1, 0)})});
  TaskRow plain = task_row(1, 0, TaskState::Queued);
  plain.item = ItemPath().child(5).child(2);
  commit({change(TaskChanged{plain}), change(TaskChanged{plain})});
  const auto rows = reader()->tasks(RunNo{1});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows.value(), std::vector<TaskRow>{plain});
}

TEST_P(StoreContract, CountersRememberTheHighest) {
  commit(workflow_changes(4, "sales"));
  TaskRow queued = task_row(9, 0, TaskState::Queued);
  queued.queue_no = 70;
  const std::int64_t incarnation_2 = std::int64_t{2} << kAttemptCounterBits;
  commit({created(origin_of(9, 4, "sales")), change(TaskChanged{queued}),
          change(AttemptChanged{attempt_row(9, 0, incarnation_2 + 30, AttemptState::Running)}),
          change(AttemptChanged{attempt_row(9, 0, 12, AttemptState::Failed)})});
  queued.queue_no = 3;
  commit({change(TaskChanged{queued}), change(RunClosed{RunNo{9}})});
  restart();
  const auto all = load_all(*store_);
  ASSERT_TRUE(all.ok());
  const Recovery& r = all.value().recovery;
  EXPECT_EQ(r.last_run, RunNo{9});
  EXPECT_EQ(r.last_queue_no, 70);
  EXPECT_EQ(r.last_attempt_counter, 30);
  EXPECT_EQ(r.last_workflow, WorkflowId{4});
  EXPECT_EQ(r.last_version, VersionId{4});
  EXPECT_EQ(r.last_batch, 3);
  EXPECT_EQ(r.mark, mark_of(3));
  const auto history = reader()->history(RunNo{9}, {}).value().rows;
  EXPECT_EQ(r.last_position, history.back().position);
}

TEST_P(StoreContract, IncarnationRises) {
  ASSERT_TRUE(store_->raise_incarnation().ok());
  restart();
  EXPECT_EQ(load_all(*store_).value().recovery.incarnation, 2);
}

TEST_P(StoreContract, ABatchNumberIsTakenOnceAndInOrder) {
  commit(workflow_changes(1, "sales"));
  const auto changes = std::vector{created(origin_of(1, 1, "sales"))};
  const Epoch epoch = committer_.epoch();
  EXPECT_EQ(store_->commit({epoch, 1, mark_of(9), changes}).error().code, Code::AlreadyExists);
  EXPECT_EQ(store_->commit({epoch, 3, mark_of(9), changes}).error().code, Code::FailedPrecondition);
  EXPECT_EQ(store_->last_batch().value(), 1);
  EXPECT_EQ(reader()->run(RunNo{1}).error().code, Code::NotFound);
  commit(changes);
  EXPECT_EQ(store_->last_batch().value(), 2);
}

TEST_P(StoreContract, OnlyTheLatestEpochCommits) {
  commit(workflow_changes(1, "sales"));
  auto rival = maker_->open();
  Committer other(*rival);
  ASSERT_TRUE(other.open().ok());
  EXPECT_GT(other.epoch().value, committer_.epoch().value);
  const auto changes = std::vector{created(origin_of(1, 1, "sales"))};
  EXPECT_EQ(committer_.commit(changes).error().code, Code::FailedPrecondition);
  EXPECT_EQ(store_->tidy().error().code, Code::FailedPrecondition);
  ASSERT_TRUE(other.commit(changes).ok());
  ASSERT_TRUE(committer_.open().ok());
  EXPECT_EQ(other.commit({}).error().code, Code::FailedPrecondition);
  EXPECT_EQ(store_->commit({Epoch{}, committer_.next(), mark_of(1), {}}).error().code,
            Code::FailedPrecondition);
  EXPECT_EQ(store_->last_batch().value(), 2);
}

// A retry of finished_run(run, 1, ...): its task 1 is pending again, its version is `version`.
Change reopened(std::int64_t run, std::int64_t version, std::int32_t phase) {
  auto r = std::make_shared<Reopening>();
  RunOrigin origin = origin_of(run, 1, "sales");
  origin.version = VersionId{version};
  origin.version_number = version;
  r->origin = std::make_shared<const RunOrigin>(origin);
  r->ended = {
      RunNo{run}, phase - 1,  PhaseKind::Forward, VersionId{1},       1,          "anna",    "", "",
      false,      Instant{1}, RunState::Failed,   Reason::TaskFailed, Instant{2}, Instant{3}};
  r->begun = {
      RunNo{run}, phase, PhaseKind::Retry, VersionId{version}, version,      "berta", "key-7",
      "task-1",   true,  Instant{4},       RunState::Queued,   Reason::None, {},      {}};
  r->row = run_row(run, RunState::Queued);
  r->row.phase = phase;
  TaskRow kept = task_row(run, 0, TaskState::Succeeded);
  kept.outputs = ValueMap{{"rows", 0}};
  TaskRow again = task_row(run, 1, TaskState::Pending);
  again.generation = phase;
  r->tasks = {kept, again};
  return change(RunReopened{r}, "berta");
}

TEST_P(StoreContract, AClosedRunComesBackWithWhatItWas) {
  commit(workflow_changes(1, "sales"));
  for (const bool packed : {false, true}) {
    const std::int64_t run = packed ? 2 : 1;
    commit(finished_run(run, 1, "sales", 3));
    while (packed && store_->tidy().value()) {
    }
    const auto attempts = reader()->attempts(RunNo{run}).value();
    const auto history = reader()->history(RunNo{run}, {1'000, ""}).value().rows.size();
    const Change again = reopened(run, 1, 2);
    commit({again});
    restart();
    const auto& reopening = *std::get<RunReopened>(again.body).reopening;
    EXPECT_EQ(reader()->tasks(RunNo{run}).value(), reopening.tasks);
    EXPECT_EQ(reader()->attempts(RunNo{run}).value(), attempts);
    EXPECT_EQ(reader()->history(RunNo{run}, {1'000, ""}).value().rows.size(), history + 1);
    EXPECT_FALSE(reader()->run(RunNo{run}).value().closed);
    EXPECT_EQ(reader()->run(RunNo{run}).value().row, reopening.row);
    const auto phases = reader()->phases(RunNo{run}).value();
    ASSERT_EQ(phases.size(), 2u);
    EXPECT_EQ(phases[0], reopening.ended);
    EXPECT_EQ(phases[1], reopening.begun);
    const auto texts = loaded();
    const auto expected = describe({created(*reopening.origin), change(RunChanged{reopening.row}),
                                    change(TaskChanged{reopening.tasks[0]}),
                                    change(TaskChanged{reopening.tasks[1]})});
    EXPECT_EQ(std::vector<std::string>(texts.end() - 4, texts.end()), expected);
  }
}

TEST_P(StoreContract, ARetriedRunIsPackedAgain) {
  commit(workflow_changes(1, "sales"));
  commit(finished_run(1, 1, "sales", 3));
  ASSERT_TRUE(store_->tidy().ok());
  commit({reopened(1, 1, 2)});
  TaskRow done = task_row(1, 1, TaskState::Succeeded);
  done.generation = 2;
  AttemptRow attempt = attempt_row(1, 1, 900'000, AttemptState::Succeeded);
  attempt.generation = 2;
  RunRow row = run_row(1, RunState::Succeeded);
  row.phase = 2;
  row.started_at = Instant{9};
  commit({change(AttemptChanged{attempt}), change(TaskChanged{done}), change(RunChanged{row}),
          change(RunClosed{RunNo{1}})});
  const auto before = describe_everything(*reader()).value();
  while (store_->tidy().value()) {
  }
  EXPECT_EQ(describe_everything(*reader()).value(), before);
  restart();
  EXPECT_EQ(describe_everything(*reader()).value(), before);
  EXPECT_EQ(reader()->tasks(RunNo{1}).value().size(), 2u);
  EXPECT_EQ(reader()->attempts(RunNo{1}).value().size(), 4u);
  const auto phases = reader()->phases(RunNo{1}).value();
  EXPECT_EQ(phases.back().state, RunState::Succeeded);
  EXPECT_EQ(phases.back().started_at, Instant{9});
  EXPECT_EQ(loaded().size(), 1u);  // the workflow
  commit({reopened(1, 1, 3)});
  EXPECT_EQ(reader()->tasks(RunNo{1}).value().size(), 2u);
}

TEST_P(StoreContract, TheFirstPhaseIsThatOfTheRun) {
  commit(workflow_changes(1, "finance/sales"));
  commit({created(full_origin(3)), change(RunChanged{full_run_row(3)})});
  const auto phases = reader()->phases(RunNo{3}).value();
  ASSERT_EQ(phases.size(), 1u);
  EXPECT_EQ(phases[0].kind, PhaseKind::Forward);
  EXPECT_EQ(phases[0].initiator, "alice");
  EXPECT_EQ(phases[0].version_number, 7);
  EXPECT_EQ(phases[0].state, RunState::Finishing);
  EXPECT_EQ(phases[0].started_at, Instant{0});
  EXPECT_EQ(reader()->phases(RunNo{9}).error().code, Code::NotFound);
  EXPECT_EQ(committer_.commit({reopened(9, 1, 2)}).error().code, Code::Internal);
}

// It may be large: lists do not read it, recovery and a retry do.
TEST_P(StoreContract, WhatCameWithARunIsReadOnlyOnRequest) {
  commit(workflow_changes(1, "finance/sales"));
  const RunOrigin with = full_origin(3);
  commit({created(with), created(origin_of(4, 1, "finance/sales"))});
  const auto r = reader();
  EXPECT_EQ(r->run_event(RunNo{3}).value(), *with.event);
  EXPECT_EQ(r->run_event(RunNo{4}).value(), Value());
  EXPECT_EQ(r->run_event(RunNo{5}).error().code, Code::NotFound);
  RunOrigin without = with;
  without.event = Value();
  EXPECT_EQ(r->run(RunNo{3}).value().origin, without);
  const auto listed = r->runs({}, {5, ""}).value();
  for (const RunView& view : listed.rows) EXPECT_EQ(*view.origin.event, Value());
}

TEST_P(StoreContract, TheServersRowIsKept) {
  EXPECT_EQ(reader()->server().value(), ServerRow());
  commit({change(ServerChanged{{true, "anna: a restore"}})});
  restart();
  EXPECT_EQ(reader()->server().value(), (ServerRow{true, "anna: a restore"}));
  EXPECT_EQ(loaded(), std::vector<std::string>{"server true [anna: a restore]"});
  commit({change(ServerChanged{{}})});
  EXPECT_TRUE(loaded().empty());
}

TEST_P(StoreContract, LimitsOfPoolsAreKeptUntilTheyAreTakenBack) {
  const PoolLimitRow db{"db", 3, "anna", "a busy night", Instant{5}};
  const PoolLimitRow web{"web", 0, "bob", "", Instant{6}};
  commit({change(PoolLimitChanged{web}), change(PoolLimitChanged{db})});
  restart();
  EXPECT_EQ(reader()->pool_limits().value(), (std::vector<PoolLimitRow>{db, web}));
  EXPECT_EQ(loaded(),
            (std::vector<std::string>{"pool db 3 anna [a busy night] 5", "pool web 0 bob [] 6"}));
  commit({change(PoolLimitChanged{{"db", 4, "bob", "", Instant{7}}}),
          change(PoolLimitChanged{{"web", std::nullopt, "bob", "", Instant{7}}})});
  restart();
  EXPECT_EQ(loaded(), std::vector<std::string>{"pool db 4 bob [] 7"});
  commit({change(PoolLimitChanged{{"db", std::nullopt, "bob", "", Instant{8}}})});
  EXPECT_TRUE(loaded().empty());
  EXPECT_TRUE(reader()->pool_limits().value().empty());
}

TEST_P(StoreContract, AnEmptyBatchMovesTheMark) {
  commit({});
  EXPECT_EQ(load_all(*store_).value().recovery.mark, mark_of(1));
}

TEST_P(StoreContract, AFailedBatchLeavesNothing) {
  commit(workflow_changes(1, "sales"));
  const auto before = describe_everything(*reader()).value();
  const auto loaded_before = loaded();
  for (const Change& stray : {change(RunChanged{run_row(5, RunState::Running)}),
                              change(TaskChanged{task_row(5, 0, TaskState::Queued)}),
                              change(AttemptChanged{attempt_row(5, 0, 1, AttemptState::Running)}),
                              change(RunClosed{RunNo{5}})}) {
    auto changes = workflow_changes(2, "other");
    changes.push_back(created(origin_of(1, 2, "other")));
    changes.push_back(stray);
    EXPECT_EQ(committer_.commit(changes).error().code, Code::Internal);
  }
  EXPECT_EQ(store_->last_batch().value(), 1);
  EXPECT_EQ(describe_everything(*reader()).value(), before);
  EXPECT_EQ(loaded(), loaded_before);
  EXPECT_EQ(load_all(*store_).value().recovery.last_run, RunNo{});
  // The names that the failed batch would have brought are not remembered.
  commit({change(TriggerMoved{{WorkflowId{2}, "t", Instant{0}}})});
  const auto history = reader()->history(RunNo{}, {}).value();
  EXPECT_TRUE(history.rows.back().details.starts_with(R"({"workflow":"#2")"));
}

TEST_P(StoreContract, CreatingAndClosingTwiceChangesNothing) {
  commit(workflow_changes(1, "sales"));
  commit(finished_run(1, 1, "sales", 1));
  commit({created(origin_of(1, 1, "sales")), change(RunClosed{RunNo{1}})});
  const auto view = reader()->run(RunNo{1});
  ASSERT_TRUE(view.ok());
  EXPECT_TRUE(view.value().closed);
  EXPECT_EQ(view.value().row.state, RunState::Succeeded);
  EXPECT_EQ(loaded().size(), 1u);
}

TEST_P(StoreContract, PackingChangesNothingThatIsRead) {
  commit(workflow_changes(1, "sales"));
  commit(finished_run(1, 1, "sales", 1));
  commit({created(full_origin(2)), change(RunChanged{full_run_row(2)}),
          change(TaskChanged{full_task_row(2, 0)}),
          change(AttemptChanged{full_attempt_row(2, 0, 8)}), change(RunClosed{RunNo{2}})});
  commit(finished_run(3, 1, "sales", 1'500));  // more than one piece
  commit(
      {created(origin_of(4, 1, "sales")), change(TaskChanged{task_row(4, 0, TaskState::Queued)})});
  const auto before = describe_everything(*reader());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto loaded_before = loaded();
  for (int calls = 0;; ++calls) {
    ASSERT_LT(calls, 100);
    const auto more = store_->tidy();
    ASSERT_TRUE(more.ok()) << more.error().message;
    const auto after = describe_everything(*reader());
    ASSERT_TRUE(after.ok()) << after.error().message;
    ASSERT_TRUE(after.value() == before.value()) << "after " << calls << " calls";
    if (!more.value()) break;
  }
  EXPECT_EQ(loaded(), loaded_before);
  restart();
  EXPECT_TRUE(describe_everything(*reader()).value() == before.value());
}

TEST_P(StoreContract, AReaderSeesWhatIsCommittedLater) {
  auto early = reader();
  commit(workflow_changes(1, "sales"));
  commit({created(origin_of(1, 1, "sales"))});
  EXPECT_TRUE(early->run(RunNo{1}).ok());
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::ValuesIn(kStores),
                         [](const auto& instance) { return instance.param.first; });

}  // namespace
}  // namespace gantry::store
