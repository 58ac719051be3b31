// Timers: what is due is made or, as the trigger's catch-up says (catch_up.h), left on record as
// missed.
#include <fmt/format.h>

#include "core/catch_up.h"
#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::CauseKind;
using model::MissedReason;
using schedule::Firings;

namespace {
// A storm of due timers is worked off in several turns, so that requests get through between.
constexpr std::size_t kFiringsPerTurn = 1000;

bool has_schedule_of(const model::Trigger* a, const model::Trigger& b) {
  if (a == nullptr || a->kind != b.kind) return false;
  model::TimerDetails details = *b.timer;
  details.catch_up = a->timer->catch_up;  // says nothing about when it fires
  return a->cron == b.cron && a->every == b.every && a->from == b.from && a->at == b.at &&
         a->timezone == b.timezone && a->timer.get() == details;
}

// Whether this one goes on where the other was.
bool goes_on_from(const model::Trigger* before, const model::Trigger& trigger) {
  if (trigger.kind != model::TriggerKind::File) return has_schedule_of(before, trigger);
  return before != nullptr && before->kind == trigger.kind &&
         before->source->file.path == trigger.source->file.path;
}

bool has_cursor(const model::Trigger& trigger) {
  return model::is_timer(trigger.kind) || trigger.kind == model::TriggerKind::File;
}

Duration delay_of(const model::Trigger& trigger, const std::string& workflow) {
  const auto schedule = compile(workflow, trigger);
  return schedule ? schedule->delay : Duration{};
}
}  // namespace

// A trigger that is new, or has another schedule, starts from now: it never fires for the past.
// The cursor of a file trigger says since when: files that were there before are not taken.
// One that keeps its schedule keeps its cursor, so that it catches up after having been disabled.
void Core::Turn::begin_new_cursors(const WorkflowState* before, WorkflowId id,
                                   const std::string& name,
                                   const std::vector<model::Trigger>& triggers) {
  const std::vector<model::Trigger> old =
      before == nullptr ? std::vector<model::Trigger>() : before->row.triggers;
  for (const model::Trigger& trigger : old)
    if (!has_schedule_of(model::find_trigger(triggers, trigger.id), trigger))
      leave_cursor(id, name, trigger);
  for (const model::Trigger& trigger : triggers)
    if (has_cursor(trigger) && !goes_on_from(model::find_trigger(old, trigger.id), trigger))
      begin_cursor(id, name, trigger);
}

// A schedule that goes. What is left of its cursor is for what it fired last, not when: the next
// one may have another delay.
void Core::Turn::leave_cursor(WorkflowId id, const std::string& name,
                              const model::Trigger& trigger) {
  give_up_due(id, trigger.id);
  const auto& cursors = state().workflows[id].cursors;
  const auto cursor = cursors.find(trigger.id);
  const Duration delay = delay_of(trigger, name);
  if (cursor != cursors.end() && delay > Duration{})
    move_cursor(id, trigger.id, cursor->second.cursor - delay);
}

// What an earlier trigger of this id fired for it does not fire for again: the clock may have been
// set back since.
void Core::Turn::begin_cursor(WorkflowId id, const std::string& name,
                              const model::Trigger& trigger) {
  const auto& cursors = state().workflows[id].cursors;
  const auto before = cursors.find(trigger.id);
  model::TriggerRow row = before == cursors.end() ? model::TriggerRow{} : before->second;
  row.workflow = id;
  row.trigger = trigger.id;
  row.cursor = before == cursors.end() ? now_.wall : std::max(row.cursor, now_.wall);
  row.cursor = row.cursor + delay_of(trigger, name);
  emit(model::TriggerMoved{std::move(row)});
}

// What a timer should have made and did not is on record as missed.
void Core::Turn::give_up_due(WorkflowId id, const std::string& trigger) {
  const Timer* timer = core_.timers_.find(id, trigger);
  if (timer == nullptr) return;
  const Firings gap = schedule::firings_in(timer->schedule, timer->cursor, now_.wall);
  if (gap.count == 0) return;
  move_cursor(id, trigger, gap.last_at);
  record_missed(id, trigger, gap, MissedReason::Late);
}

void Core::Turn::move_cursor(WorkflowId id, const std::string& trigger, Instant to) {
  model::TriggerRow row = state().workflows[id].cursors.at(trigger);
  row.cursor = to;
  emit(model::TriggerMoved{std::move(row)});
}

void Core::Turn::fire_due_timers() {
  if (state().server.paused) return;
  std::size_t made = 0;
  while (made < kFiringsPerTurn) {
    const auto due = core_.timers_.due(now_.wall);
    if (!due) return;
    made += 1 + fire(due->workflow, due->trigger);
  }
}

std::size_t Core::Turn::fire(WorkflowId id, const std::string& trigger_id) {
  const WorkflowState& workflow = state().workflows[id];
  const auto plan = plan_of(workflow.row.version);
  if (!plan) return load_for_timer(id), 0;
  const model::Trigger* trigger = model::find_trigger(workflow.row.triggers, trigger_id);
  CHECK(trigger != nullptr);
  const Timer& timer = *core_.timers_.find(id, trigger_id);
  const Due due = sort_due(timer.schedule, timer.cursor, std::max(timer.watched, core_.watched_),
                           now_.wall, trigger->timer->catch_up);
  CHECK(due.cursor > timer.cursor);
  actor_ = "timer";
  const bool stays_behind = GANTRY_PLANT(CursorStaysBehind) && due.missed.count > 0;
  move_cursor(id, trigger_id, stays_behind ? due.missed.first : due.cursor);
  if (due.missed.count > 0) record_missed(id, trigger_id, due.missed, MissedReason::Late);
  make_runs(workflow, plan, *trigger, due.made);
  return due.made.size();
}

// Those that could not be made leave one record for each stretch of them.
void Core::Turn::make_runs(const WorkflowState& workflow, const std::shared_ptr<const Plan>& plan,
                           const model::Trigger& trigger,
                           const std::vector<schedule::Firing>& firings) {
  Firings not_made;
  MissedReason why = MissedReason::Refused;
  const auto put_on_record = [&] {
    if (not_made.count > 0) record_missed(workflow.row.id, trigger.id, not_made, why);
    not_made = {};
  };
  for (const schedule::Firing& firing : firings) {
    NewRun run;
    run.cause = now_.wall - firing.at > kLate ? CauseKind::CatchUp : CauseKind::Timer;
    run.trigger = trigger.id;
    run.params = trigger.params;
    run.scheduled_at = firing.scheduled_at;
    const auto made = create_run(workflow, plan, std::move(run));
    const bool skipped = !made.ok() && made.error().code == Code::AlreadyExists;
    const MissedReason reason = skipped ? MissedReason::Skipped : MissedReason::Refused;
    if (made.ok() || reason != why) put_on_record();
    why = reason;
    if (!made.ok()) not_made.add(firing);
  }
  put_on_record();
}

void Core::Turn::load_for_timer(WorkflowId id) {
  const VersionId version = state().workflows[id].row.version;
  load_plan(version);
  core_.loading_[version].timer_of = id;
  core_.timers_.hold(id);
}

void Core::Turn::release_timer(WorkflowId id, bool loaded) {
  core_.timers_.release(id);
  if (loaded) return fire_due_timers();
  for (const model::Trigger& trigger : state().workflows[id].row.triggers)
    give_up_due(id, trigger.id);
}

void Core::Turn::record_missed(WorkflowId id, const std::string& trigger, const Firings& firings,
                               MissedReason reason) {
  emit(model::FiringsMissed{{id, trigger, firings.first, firings.last, firings.count, reason}});
}

}  // namespace gantry::core
