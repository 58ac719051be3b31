#include "core/core.h"

#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

Core::Core(Limits limits) : limits_(std::move(limits)) {}

void Core::apply(const model::Event& event, Now now, model::Effects& effects) {
  look_at_clock(now);
  Turn turn(*this, now, effects);
  std::visit([&](const auto& e) { turn.handle(e); }, event);
  turn.finish();
  if (current_run_ != nullptr) *current_run_ = 0;
}

void Core::resume(const std::vector<model::WorkflowProvided>& versions, Now now,
                  model::Effects& effects) {
  look_at_clock(now);
  Turn turn(*this, now, effects);
  for (const auto& version : versions) {
    turn.handle(version);
    if (GANTRY_PLANT(PlansOneByOne)) turn.finish();
  }
  // Not before: what they start would take slots that open runs have.
  for (const auto& [id, event] : state_.open_events)
    parked_.push_back({std::make_shared<const model::EventRow>(event), {}, {}});
  turn.decide_parked({}, true);
  for (const auto& [id, workflow] : state_.workflows) turn.go_on_with_backfills(id);
  turn.finish();
  if (current_run_ != nullptr) *current_run_ = 0;
}

void Core::look_at_clock(Now now) {
  constexpr std::int64_t kStepUs = seconds(1).us;  // slewing is slower than that
  const std::int64_t step =
      last_now_ ? ((now.wall - last_now_->wall) - (now.steady - last_now_->steady)).us : 0;
  if (!last_now_ || step > kStepUs || step < -kStepUs) watched_ = now.wall;
  last_now_ = now;
}

WakeAt Core::wake_at() const {
  WakeAt at;
  if (!state_.server.paused) at.wall = timers_.earliest();
  if (!state_.wall_wakes.empty())
    at.wall = std::min(at.wall, std::get<0>(*state_.wall_wakes.begin()));
  if (!state_.task_wakes.empty()) at.steady = std::get<0>(*state_.task_wakes.begin());
  if ((!postponed_.empty() || !unfinished_.empty()) && last_now_)
    at.steady = std::min(at.steady, last_now_->steady);
  if (!state_.run_timeouts.empty())
    at.steady = std::min(at.steady, state_.run_timeouts.begin()->first);
  return at;
}

std::vector<VersionId> Core::missing_plans() const {
  std::set<VersionId> versions;
  for (const auto& [no, run] : state_.runs)
    if (!run.plan && !run.row.quarantined) versions.insert(run.origin->version);
  for (const auto& [id, event] : state_.open_events)
    for (const Listener& listener : listeners_.of(event)) {
      const VersionId version = state_.workflows.at(listener.workflow).row.version;
      if (!plans_.contains(version)) versions.insert(version);
    }
  return {versions.begin(), versions.end()};
}

void Core::Turn::handle(const model::TimePassed&) {
  backfills_ = std::exchange(core_.unfinished_, {});
  decide_postponed();
  fire_due_timers();
  actor_ = "engine";
  check_run_timeouts();
  wake_tasks();
}

void Core::Turn::finish() {
  actor_ = "engine";  // what follows is nobody's request, and may concern other runs
  propagate();
  dispatch();
  // Ending a run frees a concurrency slot, which admits another, whose tasks may end at once.
  while (!touched_.empty() || !freed_.empty() || !ended_.empty() || !backfills_.empty()) {
    while (!touched_.empty()) {
      const RunNo no = *touched_.begin();
      touched_.erase(touched_.begin());
      if (Run* run = find_run(no); run != nullptr && run->plan) check_end(*run);
    }
    for (const auto& [origin, row] : std::exchange(ended_, {})) tell_of_end(*origin, row);
    for (const BackfillId id : std::exchange(backfills_, {})) go_on(id);
    while (!freed_.empty()) {
      const auto [workflow, key] = *freed_.begin();
      freed_.erase(freed_.begin());
      admit(workflow, key);
    }
    propagate();
    dispatch();
  }
}

void Core::Turn::put(model::TaskRow row) {
  const RunNo run = row.run;
  const TaskRef task = ref_of(row);
  const bool settles = is_terminal(row.state);
  emit(model::TaskChanged{std::move(row)});
  if (!settles) return;
  settled_.emplace_back(run, task);
  touched_.insert(run);
}

void Core::Turn::put(Run& run, model::RunRow row) {
  CHECK(row.run == run.origin->run);
  emit(model::RunChanged{std::move(row)});
}

void Core::Turn::answer(model::ReplyTo to, Status status, RunNo run, std::int64_t version,
                        bool changed) {
  if (to.id != 0)
    effects_.commands.push_back(model::Answer{to, std::move(status), run, version, changed});
}

Run* Core::Turn::find_run(RunNo run) {
  const auto found = state().runs.find(run);
  return found == state().runs.end() ? nullptr : &found->second;
}

void Core::Turn::touch(RunNo run) {
  if (core_.current_run_ != nullptr) *core_.current_run_ = run.value;
}

}  // namespace gantry::core
