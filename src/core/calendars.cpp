// Calendars come and change while timers run.
#include "core/turn.h"

namespace gantry::core {

namespace {
bool is_same(const model::Calendars& before, const model::Calendars& after,
             const std::string& name) {
  const auto old = before.find(name);
  const auto now = after.find(name);
  if (old == before.end() || now == after.end()) return old == before.end() && now == after.end();
  return old->second == now->second || *old->second == *now->second;
}

// What the rule names up to now comes its delay later: from the first such firing on that is the
// same by both.
Instant begin_of(const schedule::Schedule& before, const schedule::Schedule& after, Instant now) {
  const Instant end = now + before.delay;
  auto next = schedule::next_firing(after, now);
  for (; next && next->at <= end; next = schedule::next_firing(after, next->at)) {
    const Instant just_before = next->at - microseconds(1);
    const auto old = schedule::next_firing(before, just_before);
    if (old && old->at == next->at && old->scheduled_at == next->scheduled_at) return just_before;
  }
  return end;
}
}  // namespace

// What is due by the calendars as they were is made first. A timer whose calendar is another one
// now begins now, so that no change makes it fire for the past; what only waits for its delay, and
// is named by both, stays. One whose calendar was missing has its cursor where it was and catches
// up.
void Core::Turn::handle(const model::CalendarsLoaded& event) {
  fire_due_timers();
  const model::Calendars before = core_.timers_.calendars();
  std::vector<WorkflowId> others;
  for (auto& [id, workflow] : state().workflows) {
    bool is_other = false;
    for (const model::Trigger& trigger : workflow.row.triggers) {
      const std::string& name = trigger.timer->calendar;
      if (name.empty() || is_same(before, event.calendars, name)) continue;
      is_other = true;
      skip_to_now(id, trigger, event.calendars);
    }
    if (is_other) others.push_back(id);
  }
  core_.know(event.calendars);
  for (const WorkflowId id : others) {
    const WorkflowState& workflow = state().workflows[id];
    core_.timers_.put(workflow.row, workflow.cursors, now_.wall);
  }
  fire_due_timers();
}

void Core::Turn::skip_to_now(WorkflowId id, const model::Trigger& trigger,
                             const model::Calendars& calendars) {
  const Timer* timer = core_.timers_.find(id, trigger.id);
  if (timer == nullptr) return;  // its calendar was missing, or it is held
  give_up_due(id, trigger.id);
  const auto days = days_of(trigger, calendars);
  if (!days.ok()) return;  // it goes on from here when its calendar is back
  schedule::Schedule after = timer->schedule;
  after.days = *days;
  const Instant begin = begin_of(timer->schedule, after, now_.wall);
  if (state().workflows[id].cursors.at(trigger.id).cursor < begin)
    move_cursor(id, trigger.id, begin);
}

}  // namespace gantry::core
