#include "testing/sim_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/steady_clock.h"
#include "testing/state_difference.h"

namespace gantry::testing {

model::WorkflowProvided DiskVersions::load(VersionId version) {
  ++loads_;
  return disk_->use([version](const store::MemoryState& disk) {
    const auto found = disk.versions.find(version);
    if (found == disk.versions.end())
      return model::WorkflowProvided{version, nullptr, "", "it is not in the store"};
    const auto& definition = found->second.stored.definition;
    return model::WorkflowProvided{
        version, std::shared_ptr<const model::Workflow>(definition, &definition->workflow),
        definition->files.empty() ? "" : definition->hash, ""};
  });
}

SimServer::SimServer(SimClock& clock, World& world, core::Limits limits)
    : clock_(clock), world_(world), limits_(std::move(limits)) {}

bool SimServer::boot() {
  CHECK(!up());
  engine::Options options;
  options.limits = limits_;
  options.boot_id = clock_.boot_id();
  options.calendars = [this] { return calendars_; };
  options.surroundings = [this] { return model::SurroundingsLoaded{people_, vars_}; };
  engine_ = std::make_unique<engine::Engine>(options, clock_, fused_store_, fused_runner_,
                                             versions_, blame_.get());
  world_.connect([this](model::AttemptReport report) {
    has_input_ = true;
    engine_->report(std::move(report));
  });
  return recover_here();
}

void SimServer::set_calendars(model::Calendars calendars) {
  calendars_ = std::move(calendars);
  if (!up()) return;
  has_input_ = true;
  engine_->submit(model::CalendarsLoaded{calendars_});
}

void SimServer::set_people(model::PeoplePtr people) {
  people_ = std::move(people);
  if (!up()) return;
  has_input_ = true;
  engine_->submit(model::SurroundingsLoaded{people_, vars_});
}

void SimServer::kill() {
  if (!up()) return;
  if (!expected_ && engine_->healthy() && !decides()) expected_ = state();
  world_.disconnect();
  engine_.reset();
  fuse_.renew();
  has_input_ = false;
  store_.heal();
  commit_armed_ = false;
}

void SimServer::fail_next_commit(store::MemoryFault fault) {
  store_.fail_call(1, fault);
  commit_armed_ = true;
}

bool SimServer::recover_here() {
  const bool recovered = engine_->recover().ok();
  has_input_ = true;  // the runner may have reported
  if (fuse_.dead()) {
    world_.disconnect();
    engine_.reset();
    fuse_.renew();
    return false;
  }
  decides_at_ = recovered && has_open_events() ? last_batch() : -1;
  if (recovered && expected_ && !decides()) compare(*expected_, "after a recovery");
  if (recovered) expected_.reset();
  return true;
}

std::int64_t SimServer::last_batch() {
  return disk_->use([](store::MemoryState& s) { return s.recovery.last_batch; });
}

bool SimServer::has_open_events() {
  return disk_->use([](store::MemoryState& s) {
    return std::any_of(s.events.begin(), s.events.end(),
                       [](const auto& entry) { return entry.second.is_open; });
  });
}

void SimServer::step() {
  CHECK(up());
  if (!engine_->healthy() && !recover_here()) return;
  const bool in_doubt = fuse_.armed() || commit_armed_;
  std::optional<core::State> before;
  if (in_doubt) before = state();
  const std::int64_t batch = in_doubt ? last_batch() : 0;
  has_input_ = false;
  const auto loads_made = [this] { return versions_.loads() + fused_store_.readers(); };
  const std::int64_t loads = loads_made();
  engine_->step(Duration{0});
  has_input_ |= loads_made() > loads;  // it has asked for a version or a run: it is in its inbox
  if (in_doubt && (fuse_.dead() || !engine_->healthy()) && !decides())
    expected_ = last_batch() > batch ? state() : std::move(before);
  if (!engine_->healthy()) {
    commit_armed_ = false;
    has_input_ = true;  // dropped reports come again with the recovery
  }
  if (fuse_.dead()) kill();
}

void SimServer::settle() {
  for (int turns = 0; up(); ++turns) {
    const auto wake = until_wake();
    if (turns > 0 && !has_input_ && engine_->healthy() && !(wake && *wake <= Duration{0})) return;
    if (turns > 10'000) return complaints_.push_back("I1: the engine does not come to rest");
    step();
  }
}

Status SimServer::die_of(RunNo run) {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("gantry-blame-{}", ::getpid());
  for (int deaths = 0; deaths < limits::kQuarantineCrashes; ++deaths) {
    TRY(auto page, engine::Blame::open(path));
    *page->current_run() = run.value;
  }
  kill();
  TRY(blame_, engine::Blame::open(path));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // the mapping stays
  expected_.reset();                       // the recovery will change it
  boot();
  return ok();
}

bool SimServer::request(const std::function<model::Event(model::ReplyTo)>& make,
                        engine::OnAnswer on_answer) {
  has_input_ = true;
  return engine_->request(make,
                          [this, on_answer = std::move(on_answer)](const model::Answer& answer) {
                            if (fuse_.enter()) on_answer(answer);
                          });
}

Now SimServer::now() const {
  const auto mark = disk_->use([](store::MemoryState& s) { return s.recovery.mark; });
  return engine::SteadyClock(clock_, clock_.boot_id(), mark).now();
}

std::optional<Duration> SimServer::until_wake() const {
  if (!up()) return std::nullopt;
  const core::WakeAt wake = engine_->core().wake_at();
  const Now time = now();
  std::optional<Duration> wait;
  if (wake.steady != Steady::max()) wait = wake.steady - time.steady;
  if (wake.wall != Instant::max())
    wait = std::min(wait.value_or(wake.wall - time.wall), wake.wall - time.wall);
  return wait;
}

void SimServer::check_recoverable(const std::string& when) {
  if (!up() || !engine_->healthy() || !state().open_events.empty()) return;
  core::Core recovered(limits_);
  store::MemoryStore view(disk_);
  const auto loaded = view.load([&](const model::Change& change) { recovered.fold(change); });
  CHECK(loaded.ok());
  recovered.set_counters({loaded->incarnation, loaded->last_run.value, loaded->last_attempt_counter,
                          loaded->last_workflow.value, loaded->last_version.value,
                          loaded->last_queue_no, loaded->last_event.value,
                          loaded->last_backfill.value});
  model::Effects effects;
  std::vector<model::WorkflowProvided> plans;
  for (const VersionId version : recovered.missing_plans())
    plans.push_back(versions_.load(version));
  recovered.resume(plans, now(), effects);
  if (!effects.changes.empty())
    complaints_.push_back(
        fmt::format("{}: a recovery would change {} rows", when, effects.changes.size()));
  else
    compare(recovered.state(), when);
}

void SimServer::compare(const core::State& other, const std::string& when) {
  if (other == state()) return;
  complaints_.push_back(
      fmt::format("state: {} the recovered state differs: {}", when, difference(other, state())));
}

}  // namespace gantry::testing
