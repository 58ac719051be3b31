// Figures, printed and never asserted: they depend on the machine. Full size with
// GANTRY_TEST_TIER=full, a twentieth of it otherwise.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.h"
#include "data.h"
#include "scratch.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

int scaled(int full_size) {
  const char* tier = std::getenv("GANTRY_TEST_TIER");
  const bool full = tier != nullptr && std::string_view(tier) == "full";
  return full ? full_size : full_size / 20;
}

// CPU of this thread: what stays true on a busy machine.
double cpu_us() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

class Stopwatch {
 public:
  double cpu() const { return cpu_us() - begin_cpu_; }
  double us() const { return static_cast<double>((clock_.since_boot() - begin_).us); }

 private:
  SystemClock clock_;
  Duration begin_ = clock_.since_boot();
  double begin_cpu_ = cpu_us();
};

class StoreFigures : public testing::Test {
 protected:
  StoreFigures() {
    store_ = std::move(SqliteStore::open(scratch_.path("store.db"))).value();
    committer_ = std::make_unique<Committer>(*store_);
    CHECK(committer_->open().ok());
    CHECK(committer_->commit(workflow_changes(1, "finance/sales", 1'000)).ok());
  }
  void commit(const std::vector<Change>& changes) {
    const Status status = committer_->commit(changes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  Scratch scratch_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Committer> committer_;
};

// R7: 100,000 open runs with 3 tasks each, of which 1,000 runs have a running attempt.
TEST_F(StoreFigures, LoadOfOpenRuns) {
  const int runs = scaled(100'000);
  std::vector<Change> changes;
  for (int run = 1; run <= runs; ++run) {
    changes.push_back(created(origin_of(run, 1, "finance/sales")));
    changes.push_back(change(RunChanged{run_row(run, RunState::Running)}));
    for (std::uint32_t task = 0; task < 3; ++task)
      changes.push_back(change(TaskChanged{task_row(run, task, TaskState::Queued)}));
    if (run % 100 == 0)
      changes.push_back(change(AttemptChanged{attempt_row(run, 0, run, AttemptState::Running)}));
    if (changes.size() < 5'000) continue;
    commit(changes);
    changes.clear();
  }
  commit(changes);
  committer_.reset();
  store_.reset();
  const Stopwatch watch;
  store_ = std::move(SqliteStore::open(scratch_.path("store.db"))).value();
  std::int64_t folded = 0;
  ASSERT_TRUE(store_->load([&](const Change&) { ++folded; }).ok());
  fmt::print(
      "[ figures  ] open and load: {:.0f} ms ({:.0f} of CPU) for {} changes of {} open runs\n",
      watch.us() / 1'000, watch.cpu() / 1'000, folded, runs);
  EXPECT_EQ(folded, 1 + runs * 5 + runs / 100);
}

TEST_F(StoreFigures, Commits) {
  commit({created(origin_of(1, 1, "finance/sales"))});
  const int commits = scaled(4'000);
  std::vector<double> times;
  for (int i = 0; i < commits; ++i) {
    const Stopwatch watch;
    commit({change(
        TaskChanged{task_row(1, static_cast<std::uint32_t>(i % 1'000), TaskState::Running)})});
    times.push_back(watch.us());
  }
  double sum = 0;
  for (const double t : times) sum += t;
  std::sort(times.begin(), times.end());
  fmt::print("[ figures  ] 1 task per commit: {:.0f} commits/s, p50 {:.0f} us, p99 {:.0f} us\n",
             commits / sum * 1e6, times[times.size() / 2], times[times.size() * 99 / 100]);
}

TEST_F(StoreFigures, ChangesInBatches) {
  const int batches = scaled(200);
  double us = 0;
  double cpu = 0;
  std::int64_t changes_made = 0;
  for (int run = 1; run <= batches; ++run) {
    commit({created(origin_of(run, 1, "finance/sales"))});
    for (const auto state : {AttemptState::Running, AttemptState::Succeeded}) {
      std::vector<Change> changes;
      for (std::uint32_t task = 0; task < 500; ++task) {
        const std::int64_t id = run * 1'000 + task;
        const bool done = state == AttemptState::Succeeded;
        TaskRow row = task_row(run, task, done ? TaskState::Succeeded : TaskState::Running);
        row.attempts = 1;
        row.started_at = Instant{1'700'000'000'000'000};
        changes.push_back(change(TaskChanged{row}));
        changes.push_back(change(AttemptChanged{attempt_row(run, task, id, state)}));
      }
      const Stopwatch watch;
      commit(changes);
      us += watch.us();
      cpu += watch.cpu();
      changes_made += static_cast<std::int64_t>(changes.size());
    }
  }
  fmt::print(
      "[ figures  ] batches of 1,000 task and attempt changes: {:.2f} us per change, {:.2f} of "
      "CPU\n",
      us / static_cast<double>(changes_made), cpu / static_cast<double>(changes_made));
}

TEST_F(StoreFigures, TidyOfFinishedRuns) {
  const int runs = scaled(200);
  for (int run = 1; run <= runs; ++run) commit(finished_run(run, 1, "finance/sales", 250));
  const Stopwatch watch;
  int calls = 0;
  while (store_->tidy().value()) ++calls;
  fmt::print("[ figures  ] tidy: {:.2f} us per row ({:.2f} of CPU), {:.1f} ms per call\n",
             watch.us() / (runs * 1'504), watch.cpu() / (runs * 1'504), watch.us() / 1'000 / calls);
}

// P9: pages of a list over 1,000,000 runs in 1,000 workflows of 50 folders.
class RunLists : public StoreFigures {
 protected:
  void fill() {
    const int runs = scaled(1'000'000);
    std::vector<Change> changes;
    for (int run = 1; run <= runs; ++run) {
      const std::int64_t workflow = run % 1'000 + 1;
      RunOrigin o =
          origin_of(run, workflow, fmt::format("team-{}/flow-{}", workflow % 50, workflow));
      o.cause = run % 100'000 == 7 ? CauseKind::Request : CauseKind::Timer;
      o.labels = {{"team", fmt::format("team-{}", workflow % 50)},
                  {"tier", fmt::format("{}", workflow % 3)},
                  {"app", fmt::format("flow-{}", workflow)}};
      if (run % 1'000 == 5) o.key = fmt::format("key-{}", run);
      const bool failed = run % 50'000 == 9;
      changes.push_back(created(o));
      changes.push_back(
          change(RunChanged{run_row(run, failed ? RunState::Failed : RunState::Succeeded)}));
      changes.push_back(change(RunClosed{RunNo{run}}));
      if (changes.size() < 9'000) continue;
      commit(changes);
      changes.clear();
    }
    commit(changes);
  }

  void time_list(Reader& reader, const char* what, const RunFilter& filter, int limit = 50) {
    std::vector<double> times;
    std::size_t rows = 0;
    for (int i = 0; i < 20; ++i) {
      const Stopwatch watch;
      const auto page = reader.runs(filter, {limit, ""});
      times.push_back(watch.us());
      ASSERT_TRUE(page.ok());
      rows = page.value().rows.size();
    }
    std::sort(times.begin(), times.end());
    fmt::print("[ figures  ] {:32} {:4} rows, p50 {:.2f} ms, max {:.2f} ms\n", what, rows,
               times[10] / 1'000, times[19] / 1'000);
  }
};

TEST_F(RunLists, FiguresOfAMillionRuns) {
  std::vector<Change> workflows;
  for (int id = 2; id <= 1'000; ++id)
    for (Change& c : workflow_changes(id, fmt::format("team-{}/flow-{}", id % 50, id), 1))
      workflows.push_back(std::move(c));
  commit(workflows);
  const Stopwatch watch;
  fill();
  fmt::print("[ figures  ] {:.1f} us per run of 3 changes, {:.1f} of CPU\n",
             watch.us() / scaled(1'000'000), watch.cpu() / scaled(1'000'000));
  auto reader = std::move(store_->new_reader()).value();
  time_list(*reader, "no filter", {});
  time_list(*reader, "state failed (20 of 1M)", {.states = {RunState::Failed}});
  time_list(*reader, "state running (none)", {.states = {RunState::Running}});
  time_list(*reader, "cause request (10 of 1M)", {.cause = CauseKind::Request});
  time_list(*reader, "failed timer in a workflow",
            {.workflow = "team-9/flow-9", .states = {RunState::Failed}, .cause = CauseKind::Timer});
  time_list(*reader, "workflow", {.workflow = "team-9/flow-9"});
  time_list(*reader, "folder", {.workflow = "team-9/"});
  time_list(*reader, "folder, failed", {.workflow = "team-9/", .states = {RunState::Failed}});
  time_list(*reader, "key", {.key = "key-500005"});
  time_list(*reader, "time window in the middle",
            {.created_from = Instant{400'000'000}, .created_before = Instant{400'100'000}});
  time_list(*reader, "label app (1 in 1,000)", {.labels = {{"app", "flow-9"}}});
  time_list(*reader, "label tier (1 in 3)", {.labels = {{"tier", "1"}}});
  time_list(*reader, "any value of a label", {.labels = {{"app"}}});
  time_list(*reader, "two labels, failed",
            {.states = {RunState::Failed}, .labels = {{"tier", "1"}, {"team"}}});
  time_list(*reader, "any value of a label, timer",
            {.cause = CauseKind::Timer, .labels = {{"app"}}});
  time_list(*reader, "folder and label, oldest first",
            {.workflow = "team-9/", .labels = {{"tier", "1"}}, .oldest_first = true});
  time_list(*reader, "all filters",
            {.workflow = "team-9/",
             .states = {RunState::Failed},
             .cause = CauseKind::Timer,
             .created_from = Instant{1'000'000},
             .created_before = Instant{900'000'000},
             .labels = {{"team", "team-9"}}});
  time_list(*reader, "no filter, 1,000 rows", {}, 1'000);
}

}  // namespace
}  // namespace gantry::store
