// Timers: what is due fires; what was missed while the server was down follows the catch-up
// policy `latest`: of the firings within the window the newest is made, and all others leave one
// record per gap. A firing late by no more than a minute was not missed.
#include <fmt/format.h>

#include "core/planted.h"
#include "core/turn.h"

namespace gantry::core {

using model::CauseKind;
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
  const bool late = now_.wall - gap.last > kLate;
  const bool too_late = now_.wall - gap.last > kCatchUpWindow;
  actor_ = "timer";
  const Instant cursor = GANTRY_PLANT(CursorStaysBehind) ? gap.first : gap.last;
  emit(model::TriggerMoved{{id, trigger_id, cursor}});
  if (too_late) return record_missed(id, trigger_id, gap.first, gap.last, gap.count);
  if (gap.count > 1) record_missed(id, trigger_id, gap.first, gap.before_last, gap.count - 1);
  NewRun run;
  run.cause = late ? CauseKind::CatchUp : CauseKind::Timer;
  run.trigger = trigger_id;
  run.params = trigger->params;
  run.scheduled_at = gap.last;
  // Refused (params that no longer fit, too many open runs): the firing is on record as missed.
  if (!create_run(workflow, plan, std::move(run)).ok())
    record_missed(id, trigger_id, gap.last, gap.last, 1);
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
  const WorkflowState& workflow = state().workflows[id];
  for (const model::Trigger& trigger : workflow.row.triggers) {
    const Timer* timer = core_.timers_.find(id, trigger.id);
    if (timer == nullptr) continue;
    const Firings gap = gap_of(*timer, now_.wall);
    if (gap.count == 0) continue;
    emit(model::TriggerMoved{{id, trigger.id, gap.last}});
    record_missed(id, trigger.id, gap.first, gap.last, gap.count);
  }
}

void Core::Turn::record_missed(WorkflowId id, const std::string& trigger, Instant first,
                               Instant last, std::int64_t count) {
  emit(model::FiringsMissed{{id, trigger, first, last, count}});
}

}  // namespace gantry::core
