// run FILE: one run here and now, without a server. It has a store of its own below data/local,
// kept for a look afterwards; tasks end with the program.
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "app/people_file.h"
#include "app/stack.h"
#include "app/workflow_files.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "model/history.h"
#include "runner/log_path.h"
#include "runner/log_reader.h"

namespace gantry::app {

namespace {

constexpr std::size_t kLocalRunsKept = 20;
constexpr int kTailLines = 10;
constexpr Duration kRedraw = milliseconds(100);

// The picture of the one run, fed by the engine thread, read by the loop thread.
class Watched : public model::NameLookup {
 public:
  Watched(std::shared_ptr<const model::Definition> definition, bool print_records)
      : definition_(std::move(definition)), print_records_(print_records) {
    picture_.workflow = definition_->workflow.name;
    for (const model::Task& task : definition_->workflow.tasks)
      picture_.tasks.push_back(blank(task));
  }

  void take(std::span<const model::Change> changes) {
    const MutexLock lock(mutex_);
    for (const model::Change& change : changes) {
      if (print_records_) print_record(change);
      if (const auto* c = std::get_if<model::RunCreated>(&change.body)) created(*c->origin);
      if (const auto* c = std::get_if<model::RunChanged>(&change.body)) run_changed(c->row);
      if (const auto* c = std::get_if<model::TaskChanged>(&change.body)) task_changed(c->row);
      if (const auto* c = std::get_if<model::AttemptChanged>(&change.body)) attempt_changed(c->row);
    }
  }

  RunPicture picture() const {
    const MutexLock lock(mutex_);
    return picture_;
  }
  // The last attempts of the tasks that failed, for their logs.
  std::vector<std::pair<std::string, model::AttemptRow>> failed_attempts() const {
    const MutexLock lock(mutex_);
    std::vector<std::pair<std::string, model::AttemptRow>> out;
    for (std::size_t i = 0; i < picture_.tasks.size(); ++i) {
      const auto state = picture_.tasks[i].state;
      const auto attempt = attempts_.find(static_cast<std::uint32_t>(i));
      const bool bad = state == model::TaskState::Failed || state == model::TaskState::Interrupted;
      if (bad && attempt != attempts_.end())
        out.emplace_back(picture_.tasks[i].name, attempt->second);
    }
    return out;
  }

  std::string_view task_name(RunNo, TaskIndex task) override {
    return definition_->workflow.tasks[task.value].name;
  }
  std::string_view workflow_name(WorkflowId) override { return definition_->workflow.name; }

 private:
  static TaskPicture blank(const model::Task& task) {
    TaskPicture out;
    out.name = task.name;
    out.allow_failure = task.allow_failure;
    out.background = task.background;
    out.is_finally = task.is_finally;
    out.tries_max = task.retry->limit + 1;
    return out;
  }

  void created(const model::RunOrigin& origin) {
    picture_.number = origin.run.value;
    picture_.title = origin.title;
    for (std::size_t i = 0; i < picture_.tasks.size(); ++i) {
      const model::Task& task = definition_->workflow.tasks[i];
      for (const TaskIndex up : task.needs) picture_.tasks[i].needs.push_back(up.value);
      const bool first = task.needs.empty() && task.group != model::kNoTask;
      if (first) picture_.tasks[i].needs.push_back(task.group.value);
    }
    set_depths(picture_.tasks);
  }
  void run_changed(const model::RunRow& row) {
    picture_.state = name_of(row.state);
    picture_.message = row.message;
    picture_.started_at = row.started_at;
    picture_.ended_at = row.ended_at;
  }
  void task_changed(const model::TaskRow& row) {
    if (!row.item.is_none()) return;  // what they come to is in the row of their foreach
    TaskPicture& task = picture_.tasks[row.task.value];
    task.state = row.state;
    task.attempts = row.attempts;
    task.exit_code = row.exit_code;
    task.reason = row.reason;
    task.started_at = row.started_at;
    task.ended_at = row.ended_at;
    task.message = row.message ? *row.message : "";
  }
  // Of items the one that failed last.
  void attempt_changed(const model::AttemptRow& row) {
    const bool good = !row.item.is_none() && row.state == model::AttemptState::Succeeded;
    if (!good) attempts_[row.task.value] = row;
  }

  void print_record(const model::Change& change) {
    const model::HistoryRecord record = to_history(change, *this);
    JsonWriter w;
    w.object().field("position", ++position_).field("at", change.at).field("actor", change.actor);
    w.field("what", record.what);
    if (!record.task.empty()) w.field("task", record.task);
    w.key("details").raw(record.details).end();
    fmt::print("{}\n", w.text());
    std::fflush(stdout);
  }

  const std::shared_ptr<const model::Definition> definition_;
  const bool print_records_;
  mutable Mutex mutex_;
  RunPicture picture_ GUARDED_BY(mutex_);
  std::map<std::uint32_t, model::AttemptRow> attempts_ GUARDED_BY(mutex_);
  std::int64_t position_ GUARDED_BY(mutex_) = 0;
};

// data/local/TIME-PID; older ones beyond the newest twenty go, unless somebody still writes them.
Result<std::string> make_local_folder(const Home& home) {
  TRY_STATUS(make_directories(home.local_data(), 0700));
  TRY(const auto names, list_directory(home.local_data()));
  for (std::size_t i = 0; i + kLocalRunsKept < names.size(); ++i) {
    const std::string old = join_path(home.local_data(), names[i]);
    if (store::StoreLock::take(old + "/lock").ok()) TRY_STATUS(remove_tree(old));
  }
  const std::string folder =
      fmt::format("{}/{}-{}", home.local_data(), SystemClock().wall().us / 1000, ::getpid());
  TRY_STATUS(make_directories(folder, 0700));
  return folder;
}

class LocalRun {
 public:
  LocalRun(const Context& context, Home home, std::shared_ptr<const model::Definition> definition)
      : context_(context),
        home_(std::move(home)),
        definition_(definition),
        watched_(std::move(definition), context.json),
        view_(context.terminal) {}

  Result<int> run(const std::vector<std::string>& params) {
    TRY(request_.params, parse_params(params));
    TRY(folder_, make_local_folder(home_));
    TRY(const Config config, load_config(home_));
    StackOptions options;
    options.data = folder_;
    options.secrets = home_.secrets();
    options.limits = config.limits;
    for (const model::Task& task : definition_->workflow.tasks)  // pools belong to a server
      if (!task.pool.empty()) options.limits.pools.try_emplace(task.pool, task.slots);
    options.surroundings = [people = read_people(home_.people_file()), vars = vars_of(config)] {
      return model::SurroundingsLoaded{people, vars};
    };
    options.calendars = [known = read_calendars(context_.home_option)->calendars()] {
      return known;
    };
    options.reader_threads = 1;
    options.tasks_end_with_us = true;
    options.on_commit = [this](std::span<const model::Change> changes, Position) {
      committed(changes);
    };
    TRY(stack_, Stack::open(std::move(options)));
    TRY_STATUS(lay_out_version(folder_ + "/versions", *definition_));
    TRY_STATUS(stack_->start());
    return serve();
  }

 private:
  Result<int> serve() {
    auto signals = stack_->loop().on_signals({SIGINT, SIGTERM}, [this](int) { interrupt(); });
    auto redraw = stack_->loop().every(kRedraw, [this] { draw(); });
    ask_for_definition();
    stack_->loop().run();
    stack_->stop();
    if (refused_) return *refused_;
    const RunPicture last = watched_.picture();
    if (shows()) view_.finish(last, SystemClock().wall());
    if (!context_.json) print_failures();
    return exit_code_of_run(last.state);
  }

  void ask_for_definition() {
    submit(
        [this](model::ReplyTo to) {
          return model::Event(model::DefinitionLoaded{to, "run", definition_});
        },
        [this] { ask_for_run(); });
  }
  void ask_for_run() {
    submit(
        [this](model::ReplyTo to) {
          model::RunRequested event = request_;
          event.reply = to;
          event.workflow = definition_->workflow.name;
          event.cause = model::CauseKind::Local;
          event.initiator = "run";
          return model::Event(event);
        },
        [] {});
  }
  void submit(const std::function<model::Event(model::ReplyTo)>& make,
              const std::function<void()>& then) {
    const bool taken = stack_->engine().request(make, [this, then](const model::Answer& answer) {
      if (answer.run.value != 0) run_ = answer.run.value;
      if (answer.status.ok())
        then();
      else
        refuse(answer.status.error());
    });
    CHECK(taken);
  }
  void refuse(const Error& why) {
    refused_ = why;
    stack_->loop().stop();
  }

  void committed(std::span<const model::Change> changes) {
    watched_.take(changes);
    for (const model::Change& change : changes)
      if (std::holds_alternative<model::RunClosed>(change.body)) stack_->loop().stop();
  }

  // The first Ctrl-C cancels, the second skips the grace.
  void interrupt() {
    if (run_ == 0) return stack_->loop().stop();
    submit(
        [run = RunNo{run_}](model::ReplyTo to) {
          return model::Event(model::CancelRequested{to, run, "run"});
        },
        [] {});
  }

  bool shows() const { return !context_.json && !context_.quiet; }
  void draw() {
    if (shows()) view_.show(watched_.picture(), SystemClock().wall());
  }

  void print_failures() const {
    for (const auto& [task, attempt] : watched_.failed_attempts()) {
      const std::string path = runner::log_path(
          folder_, {attempt.run, task, attempt.item, attempt.generation, attempt.number});
      fmt::print(stderr, "\n{}\n",
                 fmt::format(fmt::runtime(Text{"{} failed; the end of its log ({}):",
                                               "{} 失败；日志末尾（{}）："}
                                              .in(context_.terminal.lang)),
                             printable(task), path));
      const auto tail = runner::tail_log(path, kTailLines);
      if (!tail.ok()) continue;
      for (const auto& line : tail->lines) fmt::print(stderr, "  {}\n", printable(line.text));
    }
  }

  const Context& context_;
  const Home home_;
  const std::shared_ptr<const model::Definition> definition_;
  Watched watched_;
  LiveView view_;
  model::RunRequested request_;
  std::string folder_;
  std::atomic<std::int64_t> run_{0};
  std::optional<Error> refused_;
  std::unique_ptr<Stack> stack_;
};

}  // namespace

int run_file(const Context& context, const RunOptions& options) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  LoadedFile file = load_workflow_file(options.file, name_of_file(options.file));
  print_problems(stderr, file.result.diagnostics, context.terminal.lang);
  if (!file.result.definition) return kInvalid;
  if (auto prepared = prepare_home(*home); !prepared.ok()) return complain(prepared.error());
  auto definition = std::make_shared<const model::Definition>(std::move(*file.result.definition));
  auto code = LocalRun(context, *home, std::move(definition)).run(options.params);
  return code.ok() ? *code : complain(code.error());
}

}  // namespace gantry::app
