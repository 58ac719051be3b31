#include "engine/engine.h"

#include <algorithm>

#include "base/explain.h"
#include "base/log.h"
#include "core/planted.h"
#include "engine/closed_run.h"

namespace gantry::engine {

namespace {
constexpr Duration kRetryAfterFailure = milliseconds(500);
constexpr Duration kIdleBeforeTidy = milliseconds(50);
// Without a pause, tidying has a tenth of the engine's time, and its turn once a second at least.
constexpr Duration kBusyTidyMin = milliseconds(50);
constexpr Duration kBusyTidyMax = seconds(1);
constexpr int kBusyTidyShare = 10;
}  // namespace

Engine::Engine(Options options, const Clock& clock, store::Store& store, runner::Runner& runner,
               VersionSource& versions, Blame* blame)
    : options_(std::move(options)),
      clock_(clock),
      store_(store),
      runner_(runner),
      versions_(versions),
      blame_(blame),
      inbox_(limits::kInboxMax) {}

Engine::~Engine() { stop(); }

void Engine::start() {
  thread_ = std::thread([this] { run_thread(); });
}

void Engine::stop() {
  inbox_.close();
  if (thread_.joinable()) thread_.join();
}

void Engine::run_thread() {
  while (!inbox_.closed()) step();
  step(Duration{0});  // what was accepted before the close
  refuse_all(explain(Code::Unavailable, {"the server is stopping", "服务器正在停止"}));
}

bool Engine::submit(model::Event event) { return inbox_.push(std::move(event)); }

bool Engine::request(const std::function<model::Event(model::ReplyTo)>& make, OnAnswer on_answer,
                     Notes notes) {
  return inbox_.push(Requested{make, std::move(on_answer), std::move(notes)});
}

bool Engine::record(std::vector<model::Change> changes, OnDone on_done) {
  return inbox_.push(Recorded{std::move(changes), std::move(on_done)});
}

void Engine::report(model::AttemptReport report) {
  inbox_.push_always(model::Event(model::AttemptReported{std::move(report)}));
}

bool Engine::ask(Question question) { return inbox_.push(std::move(question)); }

std::optional<Duration> Engine::wait_time(std::optional<Duration> limit) const {
  if (!waiting_.empty()) return Duration{0};
  if (!healthy_) return limit ? std::min(*limit, kRetryAfterFailure) : kRetryAfterFailure;
  const core::WakeAt wake = core_->wake_at();
  const Now now = time_->now();
  std::optional<Duration> wait = limit;
  const auto at_most = [&wait](Duration d) {
    wait = std::max(Duration{0}, wait ? std::min(*wait, d) : d);
  };
  if (wake.steady != Steady::max()) at_most(wake.steady - now.steady);
  // A wall clock may be set: look again once a second while a schedule is due later.
  if (wake.wall != Instant::max()) at_most(std::min(wake.wall - now.wall, seconds(1)));
  if (tidy_due_) at_most(kIdleBeforeTidy);
  return wait;
}

void Engine::step(std::optional<Duration> wait) {
  const auto meant = wait_time(wait);
  auto items = inbox_.drain(meant);
  const bool idle = items.empty() && waiting_.empty();
  std::move(items.begin(), items.end(), std::back_inserter(waiting_));
  if (!healthy_) {
    refuse_all(
        explain(Code::Unavailable, {"the store can not be written at the moment; try again later",
                                    "数据库暂时无法写入；请稍后再试"}));
    if (!recover().ok()) return;
  }
  const Now now = time_->now();
  if (const std::string news = clock_watch_.look(now, meant); !news.empty())
    log_warning("clock", "{}", news);
  apply_batch(now);
  if (!commit(now)) return;
  perform();
  answer_questions(now);
  if (tidy_now(idle)) tidy();
}

void Engine::apply_batch(Now now) {
  const std::size_t count = std::min(waiting_.size(), limits::kBatchEventsMax);
  std::vector<Item> batch(
      std::make_move_iterator(waiting_.begin()),
      std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(count)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  take(std::move(batch), now);
  const core::WakeAt wake = core_->wake_at();
  if (wake.wall <= now.wall || wake.steady <= now.steady) apply(model::TimePassed{}, now);
}

void Engine::take(std::vector<Item> items, Now now) {
  for (Item& item : items) {
    if (auto* event = std::get_if<model::Event>(&item)) {
      apply(*event, now);
    } else if (auto* requested = std::get_if<Requested>(&item)) {
      const model::ReplyTo reply{++last_reply_};
      callers_[reply.id] = {std::move(requested->on_answer), std::move(requested->notes)};
      apply(requested->make(reply), now);
    } else if (auto* recorded = std::get_if<Recorded>(&item)) {
      std::move(recorded->changes.begin(), recorded->changes.end(),
                std::back_inserter(effects_.changes));
      if (recorded->on_done) recorded_.push_back(std::move(recorded->on_done));
    } else {
      questions_.push_back(std::move(std::get<Question>(item)));
    }
  }
}

void Engine::apply(const model::Event& event, Now now) {
  if (const auto* reported = std::get_if<model::AttemptReported>(&event)) {
    const auto live = core_->state().attempts.find(reported->report.id);
    const RunNo run = live == core_->state().attempts.end() ? RunNo{} : live->second.row.run;
    reported_.emplace_back(reported->report.id, run);
    if (GANTRY_PLANT(AcknowledgedTooEarly)) runner_.acknowledge(reported->report.id, run);
  }
  // What was read for a core that is gone may be out of date.
  if (const auto* provided = std::get_if<model::RunProvided>(&event);
      provided != nullptr && provided->epoch != epoch_.value)
    return;
  const std::size_t first = effects_.commands.size();
  core_->apply(event, now, effects_);
  take_notes(first);
}

// An answer may come turns after its request: the notes belong to what it says was done.
void Engine::take_notes(std::size_t first_command) {
  for (std::size_t i = first_command; i < effects_.commands.size(); ++i) {
    const auto* answer = std::get_if<model::Answer>(&effects_.commands[i]);
    if (answer == nullptr) continue;
    const auto caller = callers_.find(answer->to.id);
    if (caller == callers_.end() || !caller->second.notes) continue;
    for (model::Change& note : caller->second.notes(*answer))
      effects_.changes.push_back(std::move(note));
  }
}

bool Engine::commit(Now now) {
  if (effects_.changes.empty()) return true;
  const store::Batch batch{epoch_, batch_ + 1, time_->mark(now), effects_.changes};
  auto committed = store_.commit(batch);
  if (!committed.ok() && !GANTRY_PLANT(FailedCommitIgnored)) {
    fail_batch(committed.error());
    return false;
  }
  ++batch_;
  publish();
  return true;
}

void Engine::publish() {
  for (const model::Change& change : effects_.changes) {
    if (std::holds_alternative<model::RunClosed>(change.body)) tidy_due_ = true;
    const auto* task = std::get_if<model::TaskChanged>(&change.body);
    if (task != nullptr && blame_ != nullptr && blame_->blames_any())
      blame_->forgive(task->row.run);
  }
  if (options_.on_commit) options_.on_commit(effects_.changes, Position{position_.value + 1});
  position_.value += static_cast<std::int64_t>(effects_.changes.size());
}

void Engine::perform() {
  for (const auto& [attempt, run] : reported_) runner_.acknowledge(attempt, run);
  reported_.clear();
  for (const OnDone& on_done : std::exchange(recorded_, {})) on_done(ok());
  // Performing may hand in new events, never new effects: those come with the next turn.
  model::Effects done;
  std::swap(done, effects_);
  for (model::Command& command : done.commands) perform_one(command);
  done.clear();
  if (effects_.changes.empty() && effects_.commands.empty())
    std::swap(done, effects_);  // keep the capacity
}

void Engine::perform_one(model::Command& command) {
  if (auto* start = std::get_if<model::StartAttempt>(&command)) return runner_.start(*start);
  if (auto* stop = std::get_if<model::StopAttempt>(&command)) return runner_.stop(*stop);
  if (auto* close = std::get_if<model::CloseRun>(&command)) return runner_.close_run(close->run);
  if (auto* load = std::get_if<model::LoadWorkflow>(&command)) {
    options_.offload([this, version = load->version] {
      inbox_.push_always(model::Event(versions_.load(version)));
    });
    return;
  }
  if (auto* load = std::get_if<model::LoadRun>(&command)) {
    options_.offload([this, run = load->run, epoch = epoch_.value] {
      inbox_.push_always(model::Event(load_closed_run(store_, run, epoch)));
    });
    return;
  }
  const auto& answer = std::get<model::Answer>(command);
  const auto caller = callers_.find(answer.to.id);
  if (caller == callers_.end()) return;
  const OnAnswer on_answer = std::move(caller->second.on_answer);
  callers_.erase(caller);
  on_answer(answer);
}

void Engine::fail_batch(const Error& why) {
  log_error("engine", "commit {} failed, its {} changes are dropped: {}", batch_ + 1,
            effects_.changes.size(), why.message);
  healthy_ = false;
  effects_.clear();
  reported_.clear();
  refuse_all(explain(Code::Unavailable,
                     {"the store can not be written: {}", "数据库无法写入（{}）"}, why.message));
}

// Everyone who waits is told; nothing of theirs was committed, or it will be found in the store.
void Engine::refuse_all(const Error& why) {
  for (Item& item : std::exchange(waiting_, {})) {
    if (auto* requested = std::get_if<Requested>(&item))
      requested->on_answer(model::Answer{{}, why, {}, 0, true});
    if (auto* recorded = std::get_if<Recorded>(&item); recorded != nullptr && recorded->on_done)
      recorded->on_done(why);
  }
  for (const OnDone& on_done : std::exchange(recorded_, {})) on_done(why);
  questions_.clear();
  const auto callers = std::move(callers_);
  callers_.clear();
  for (const auto& [id, caller] : callers) caller.on_answer(model::Answer{{id}, why, {}, 0, true});
}

void Engine::answer_questions(Now now) {
  const auto questions = std::move(questions_);
  questions_.clear();
  for (const Question& question : questions) question(*core_, now);
}

Status Engine::recover() {
  TRY(epoch_, store_.open_epoch());
  TRY_STATUS(load_state());
  healthy_ = true;
  resume_attempts();
  if (options_.on_recovered) options_.on_recovered(position_);
  return ok();
}

Status Engine::load_state() {
  auto core = std::make_unique<core::Core>(options_.limits);
  if (options_.calendars) core->know(options_.calendars());
  if (options_.surroundings) {
    auto [people, vars] = options_.surroundings();
    core->know(std::move(people), std::move(vars));
  }
  TRY(const store::Recovery recovery,
      store_.load([&](const model::Change& change) { core->fold(change); }));
  core->set_counters({recovery.incarnation, recovery.last_run.value, recovery.last_attempt_counter,
                      recovery.last_workflow.value, recovery.last_version.value,
                      recovery.last_queue_no, recovery.last_event.value,
                      recovery.last_backfill.value});
  core_ = std::move(core);
  batch_ = recovery.last_batch;
  position_ = recovery.last_position;
  time_.emplace(clock_, options_.boot_id, recovery.mark);
  tidy_due_ = true;
  if (blame_ == nullptr) return ok();
  core_->watch_current_run(blame_->current_run());
  for (const RunNo run : blame_->runs_to_quarantine())
    apply(model::RunQuarantined{run}, time_->now());
  return ok();
}

namespace {
bool is_of_incarnation(AttemptId id, std::int64_t incarnation) {
  return id.value >> kAttemptCounterBits == incarnation;
}
}  // namespace

// Of a store that this one was restored from. What became of it nobody here can find out: its
// files, if there are any, belong to the other one.
void Engine::give_up(const model::AttemptRow& attempt) {
  model::AttemptReport report;
  report.id = attempt.id;
  report.state = model::AttemptState::Interrupted;
  report.reason = model::Reason::Interrupted;
  report.started_at = attempt.begun_at;
  report.error_tail =
      "the store was restored from a backup taken while the task ran: nobody knows how it ended";
  core_->apply(model::AttemptReported{std::move(report)}, time_->now(), effects_);
}

// Plans first, so that reports find their tasks; then the runner adopts, voids or gives up what the
// store holds as running, and stops again what was being stopped.
void Engine::resume_attempts() {
  // As the store has them: what follows is not committed yet.
  std::vector<model::AttemptRow> running, left_behind;
  const std::int64_t incarnation = core_->state().counters.incarnation;
  for (const auto& [id, attempt] : core_->state().attempts)
    (is_of_incarnation(id, incarnation) ? running : left_behind).push_back(attempt.row);
  std::vector<model::WorkflowProvided> plans;
  for (const VersionId version : core_->missing_plans()) plans.push_back(versions_.load(version));
  core_->resume(plans, time_->now(), effects_);
  runner_.recover(running);
  for (const model::AttemptRow& attempt : left_behind) give_up(attempt);
  for (const model::AttemptRow& attempt : running) {
    if (GANTRY_PLANT(StartReissued)) {
      model::StartAttempt again;
      again.id = attempt.id;
      runner_.start(again);
    }
    if (!attempt.stop_requested || GANTRY_PLANT(StopLostInRecovery)) continue;
    const auto run = core_->state().runs.find(attempt.run);
    const bool hard = run != core_->state().runs.end() && run->second.row.hard_cancel;
    runner_.stop({attempt.id, attempt.run, hard});
  }
}

bool Engine::tidy_now(bool idle) const {
  return tidy_due_ && (idle || clock_.since_boot() >= tidy_from_);
}

void Engine::tidy() {
  const Duration began = clock_.since_boot();
  auto more = store_.tidy();
  if (!more.ok())
    log_warning("store", "packing the history of closed runs failed: {}", more.error().message);
  tidy_due_ = more.ok() && *more;
  const Duration now = clock_.since_boot();
  tidy_from_ = now + std::clamp((now - began) * kBusyTidyShare, kBusyTidyMin, kBusyTidyMax);
}

}  // namespace gantry::engine
