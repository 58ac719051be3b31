#include "app/stack.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

#include "app/home.h"
#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

namespace {
constexpr std::size_t kJobsWaitingMax = 10'000;

// One core's worth of engine reports must not be lost when the readers are busy.
void offload(Workers& workers, std::function<void()> job) {
  if (!workers.post(job)) job();
}
}  // namespace

Stack::Stack(Key, StackOptions options, store::StoreLock lock,
             std::unique_ptr<store::SqliteStore> store)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      store_(std::move(store)),
      workers_(options_.reader_threads, kJobsWaitingMax),
      versions_([this] { return store_->new_reader(); }) {}

Stack::~Stack() { stop(); }

Result<std::unique_ptr<Stack>> Stack::open(StackOptions options) {
  TRY(store::StoreLock lock, store::StoreLock::take(options.data + "/lock"));
  for (const char* folder : {"/versions", "/logs", "/attempts", "/workspaces", "/run"})
    TRY_STATUS(make_directories(options.data + folder, 0700));
  store::SqliteOptions sqlite;
  sqlite.holder = fmt::format("pid {}", ::getpid());
  TRY(auto store, store::SqliteStore::open(options.data + "/gantry.db", sqlite));
  auto stack =
      std::make_unique<Stack>(Key{}, std::move(options), std::move(lock), std::move(store));
  TRY(stack->blame_, engine::Blame::open(stack->options_.data + "/blame"));
  TRY_STATUS(stack->open_runner());
  engine::Options engine;
  engine.limits = stack->options_.limits;
  engine.calendars = stack->options_.calendars;
  engine.surroundings = stack->options_.surroundings;
  TRY(engine.boot_id, runner::read_boot_id());
  engine.offload = [workers = &stack->workers_](std::function<void()> job) {
    offload(*workers, std::move(job));
  };
  engine.on_commit = stack->options_.on_commit;
  engine.on_recovered = stack->options_.on_recovered;
  stack->engine_ =
      std::make_unique<engine::Engine>(std::move(engine), stack->clock_, *stack->store_,
                                       *stack->runner_, stack->versions_, stack->blame_.get());
  return stack;
}

Status Stack::open_runner() {
  TRY(const std::string shim, find_shim());
  runner::LocalOptions local;
  local.data_dir = options_.data;
  local.secrets_dir = options_.secrets;
  local.shim_path = shim;
  local.public_url = options_.public_url;
  local.die_with_server = options_.tasks_end_with_us;
  local.offload = [this](std::function<void()> job) {
    gantry::app::offload(workers_, std::move(job));
  };
  TRY(runner_, runner::LocalRunner::open(local, loop_, [this](model::AttemptReport report) {
        engine_->report(std::move(report));
      }));
  return ok();
}

Status Stack::start() {
  TRY_STATUS(engine_->recover());
  TRY_STATUS(close_left_runs());
  engine_->start();
  return ok();
}

// Attempt files of runs that were closed before their folder was removed.
Status Stack::close_left_runs() {
  TRY(const auto names, list_directory(options_.data + "/attempts"));
  TRY(const auto reader, store_->new_reader());
  for (const std::string& name : names) {
    if (name.find(".gone-") != std::string::npos)
      TRY_STATUS(remove_tree(options_.data + "/attempts/" + name));
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure != std::errc() || end != name.data() + name.size()) continue;
    const auto run = reader->run(RunNo{number});
    if (run.ok() && run->closed) runner_->close_run(RunNo{number});
  }
  return ok();
}

void Stack::stop() {
  if (engine_) engine_->stop();
  workers_.stop();
}

}  // namespace gantry::app
