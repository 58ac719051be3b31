// Fills a new store with ended runs, always the same ones, for measurements at size:
//
//   store_fill DATA_DIR RUNS OLDEST_DAYS NEWEST_DAYS [TASKS]
//
// The runs began evenly over the time from OLDEST_DAYS to NEWEST_DAYS ago. They belong to 1,000
// workflows in 50 folders, with three labels each; 1 in 50 failed, 1 in 1,000 has a key, 1 in 10
// was asked for, the others came from a timer. Each has TASKS tasks of one attempt (none by
// default).
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/clock.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

constexpr std::int64_t kWorkflows = 1'000;
constexpr std::int64_t kFolders = 50;
constexpr std::size_t kChangesPerCommit = 10'000;
constexpr std::string_view kText = "tasks:\n  t0: {pass: true}\n";

struct Plan {
  std::string data;
  std::int64_t runs = 0;
  Instant oldest;
  Instant newest;
  int tasks = 0;
};

std::string name_of_workflow(std::int64_t id) {
  return fmt::format("team-{}/flow-{}", id % kFolders, id);
}

std::vector<NamedText> labels_of(std::int64_t workflow) {
  return {{"team", fmt::format("team-{}", workflow % kFolders)},
          {"tier", fmt::format("{}", workflow % 3)},
          {"app", fmt::format("flow-{}", workflow)}};
}

class Filler {
 public:
  Filler(Plan plan, Store& store) : plan_(std::move(plan)), store_(store) {}

  Status fill() {
    TRY(epoch_, store_.open_epoch());
    for (std::int64_t id = 1; id <= kWorkflows; ++id) TRY_STATUS(add_workflow(id));
    for (std::int64_t run = 1; run <= plan_.runs; ++run) TRY_STATUS(add_run(run));
    TRY_STATUS(commit());
    for (;;) {
      TRY(const bool more, store_.tidy());
      if (!more) return ok();
    }
  }

 private:
  Status add(Instant at, ChangeBody body) {
    changes_.push_back({at, "engine", std::move(body)});
    return changes_.size() < kChangesPerCommit ? ok() : commit();
  }

  Status commit() {
    if (changes_.empty()) return ok();
    const TimeMark mark{changes_.back().at, Steady{batch_}, "fill", Duration{batch_}};
    TRY_STATUS(store_.commit({epoch_, batch_, mark, changes_}));
    ++batch_;
    changes_.clear();
    return ok();
  }

  Status add_workflow(std::int64_t id) {
    auto definition = std::make_shared<Definition>();
    definition->workflow.name = name_of_workflow(id);
    definition->workflow.labels = labels_of(id);
    for (int task = 0; task < std::max(1, plan_.tasks); ++task) {
      definition->workflow.tasks.emplace_back();
      definition->workflow.tasks.back().name = fmt::format("t{}", task);
    }
    definition->text = kText;
    definition->hash = fmt::format("{:064x}", id);
    WorkflowRow row;
    row.id = WorkflowId{id};
    row.name = name_of_workflow(id);
    row.version = VersionId{id};
    row.version_number = 1;
    row.hash = definition->hash;
    TRY_STATUS(add(plan_.oldest, VersionStored{row.version, row.id, 1, std::move(definition)}));
    return add(plan_.oldest, WorkflowChanged{row});
  }

  Instant begin_of(std::int64_t run) const {
    const double share = static_cast<double>(run) / static_cast<double>(plan_.runs);
    const auto span = static_cast<double>((plan_.newest - plan_.oldest).us);
    return plan_.oldest + Duration{static_cast<std::int64_t>(share * span)};
  }

  Status add_run(std::int64_t run) {
    const std::int64_t workflow = run * 7919 % kWorkflows + 1;
    const Instant at = begin_of(run);
    auto origin = std::make_shared<RunOrigin>();
    origin->run = RunNo{run};
    origin->workflow = WorkflowId{workflow};
    origin->workflow_name = name_of_workflow(workflow);
    origin->version = VersionId{workflow};
    origin->version_number = 1;
    origin->cause = run % 10 == 3 ? CauseKind::Request : CauseKind::Timer;
    if (run % 1'000 == 5) origin->key = fmt::format("key-{}", run);
    origin->labels = labels_of(workflow);
    origin->created_at = origin->scheduled_at = at;
    TRY_STATUS(add(at, RunCreated{std::move(origin)}));
    for (int task = 0; task < plan_.tasks; ++task) TRY_STATUS(add_task(run, task, at));
    RunRow row;
    row.run = RunNo{run};
    row.state = run % 50 == 9 ? RunState::Failed : RunState::Succeeded;
    row.started_at = at;
    row.ended_at = at + seconds(1);
    TRY_STATUS(add(at, RunChanged{row}));
    return add(at, RunClosed{RunNo{run}});
  }

  Status add_task(std::int64_t run, int index, Instant at) {
    AttemptRow attempt;
    attempt.id = AttemptId{++attempt_};
    attempt.run = RunNo{run};
    attempt.task = TaskIndex{static_cast<std::uint32_t>(index)};
    attempt.number = 1;
    attempt.begun_at = at;
    TRY_STATUS(add(at, AttemptChanged{attempt}));
    attempt.state = AttemptState::Succeeded;
    attempt.exit_code = 0;
    attempt.started_at = at;
    attempt.ended_at = at + milliseconds(500);
    TRY_STATUS(add(at, AttemptChanged{attempt}));
    TaskRow task;
    task.run = attempt.run;
    task.task = attempt.task;
    task.state = TaskState::Succeeded;
    task.attempts = task.tries = 1;
    task.exit_code = 0;
    task.attempt = attempt.id;
    task.started_at = at;
    task.ended_at = attempt.ended_at;
    return add(at, TaskChanged{task});
  }

  const Plan plan_;
  Store& store_;
  Epoch epoch_;
  std::int64_t batch_ = 1;
  std::int64_t attempt_ = 0;
  std::vector<Change> changes_;
};

Status fill(const Plan& plan) {
  TRY(auto store, SqliteStore::open(plan.data + "/gantry.db"));
  return Filler(plan, *store).fill();
}

std::int64_t number_of(const char* text) { return std::strtoll(text, nullptr, 10); }

int main_of(int argc, char** argv) {
  if (argc < 5 || argc > 6) {
    fmt::print(stderr, "store_fill DATA_DIR RUNS OLDEST_DAYS NEWEST_DAYS [TASKS]\n");
    return 2;
  }
  const Instant now = SystemClock().wall();
  Plan plan{argv[1], number_of(argv[2]), now - hours(24) * number_of(argv[3]),
            now - hours(24) * number_of(argv[4]),
            argc == 6 ? static_cast<int>(number_of(argv[5])) : 0};
  ::mkdir(plan.data.c_str(), 0700);
  const Status filled = fill(plan);
  if (filled.ok()) return 0;
  fmt::print(stderr, "store_fill: {}\n", filled.error().message);
  return 1;
}

}  // namespace
}  // namespace gantry::store

int main(int argc, char** argv) { return gantry::store::main_of(argc, argv); }
