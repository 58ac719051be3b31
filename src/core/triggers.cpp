// Timers: what is due fires; what was missed while the server was down follows the catch-up
// policy `latest`: of the firings within the window the newest is made, and all others leave one
// record per gap. A firing late by no more than a minute was not missed.
#include <fmt/format.h>

#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::CauseKind;
using model::MissedReason;
using schedule::Firings;

namespace {
constexpr Duration kLate = seconds(60);
constexpr Duration kCatchUpWindow = hours(24);
// A storm of due timers is worked off in several turns, so that requests get through between.
constexpr int kFiringsPerTurn = 1000;

// What is due and was not made.
Firings gap_of(const Timer& timer, Instant now) {
  return schedule::firings_in(timer.schedule, timer.cursor, now);
}
}  // namespace

namespace {
bool has_schedule_of(const model::Trigger* a, const model::Trigger& b) {
  return a != nullptr && a->kind == b.kind && a->cron == b.cron && a->every == b.every &&
         a->from == b.from && a->timezone == b.timezone &&
         a->timer->calendar == b.timer->calendar && a->timer->on_holiday == b.timer->on_holiday;
}
}  // namespace

// A trigger that is new, or has another schedule, starts from now: it never fires for the past.
// One that keeps its schedule keeps its cursor, so that it catches up after having been disabled.
void Core::Turn::begin_new_cursors(const WorkflowState* before, WorkflowId id,
                                   const std::vector<model::Trigger>& triggers) {
  const std::vector<model::Trigger> old =
      before == nullptr ? std::vector<model::Trigger>() : before->row.triggers;
  for (const model::Trigger& trigger : old)
    if (!has_schedule_of(model::find_trigger(triggers, trigger.id), trigger))
      leave_cursor(id, trigger.id);
  for (const model::Trigger& trigger : triggers)
    if (!has_schedule_of(model::find_trigger(old, trigger.id), trigger))
      emit(model::TriggerMoved{{id, trigger.id, now_.wall}});
}

// A schedule that goes: what it should have made and did not is on record as missed.
void Core::Turn::leave_cursor(WorkflowId id, const std::string& trigger) {
  const Timer* timer = core_.timers_.find(id, trigger);
  if (timer == nullptr) return;
  const Firings gap = gap_of(*timer, now_.wall);
  if (gap.count == 0) return;
  emit(model::TriggerMoved{{id, trigger, gap.last_at}});
  record_missed(id, trigger, gap.first, gap.last, gap.count, MissedReason::Late);
}

void Core::Turn::fire_due_timers() {
  if (state().server.paused) return;
  for (int i = 0; i < kFiringsPerTurn; ++i) {
    const auto due = core_.timers_.due(now_.wall);
    if (!due) return;
    fire(due->workflow, due->trigger);
  }
}

void Core::Turn::fire(WorkflowId id, const std::string& trigger_id) {
  const WorkflowState& workflow = state().workflows[id];
  const auto plan = plan_of(workflow.row.version);
  if (!plan) return load_for_timer(id);
  const model::Trigger* trigger = model::find_trigger(workflow.row.triggers, trigger_id);
  CHECK(trigger != nullptr);
  const Firings gap = gap_of(*core_.timers_.find(id, trigger_id), now_.wall);
  CHECK(gap.count > 0);
  const bool late = now_.wall - gap.last_at > kLate;
  const bool too_late = now_.wall - gap.last_at > kCatchUpWindow;
  actor_ = "timer";
  const Instant cursor = GANTRY_PLANT(CursorStaysBehind) ? gap.first : gap.last_at;
  emit(model::TriggerMoved{{id, trigger_id, cursor}});
  if (too_late)
    return record_missed(id, trigger_id, gap.first, gap.last, gap.count, MissedReason::Late);
  if (gap.count > 1)
    record_missed(id, trigger_id, gap.first, gap.before_last, gap.count - 1, MissedReason::Late);
  NewRun run;
  run.cause = late ? CauseKind::CatchUp : CauseKind::Timer;
  run.trigger = trigger_id;
  run.params = trigger->params;
  run.scheduled_at = gap.last;
  const auto made = create_run(workflow, plan, std::move(run));
  if (made.ok()) return;
  const bool skipped = made.error().code == Code::AlreadyExists;
  record_missed(id, trigger_id, gap.last, gap.last, 1,
                skipped ? MissedReason::Skipped : MissedReason::Refused);
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
    leave_cursor(id, trigger.id);
}

void Core::Turn::record_missed(WorkflowId id, const std::string& trigger, Instant first,
                               Instant last, std::int64_t count, MissedReason reason) {
  emit(model::FiringsMissed{{id, trigger, first, last, count, reason}});
}

}  // namespace gantry::core
