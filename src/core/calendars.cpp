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
}  // namespace

// What is due by the calendars as they were is made first. A timer whose calendar is another one
// now begins now, so that no change makes it fire for the past; one whose calendar was missing has
// its cursor where it was and catches up.
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
      skip_to_now(id, trigger.id);
    }
    if (is_other) others.push_back(id);
  }
  core_.timers_.know(event.calendars);
  for (const WorkflowId id : others) {
    const WorkflowState& workflow = state().workflows[id];
    core_.timers_.put(workflow.row, workflow.cursors, now_.wall);
  }
  fire_due_timers();
}

// In terms of when it fires: what the rule names up to now fires that much later.
void Core::Turn::skip_to_now(WorkflowId id, const std::string& trigger) {
  const Timer* timer = core_.timers_.find(id, trigger);
  if (timer == nullptr) return;  // its calendar was missing, or it is held
  const Instant now = now_.wall + timer->schedule.delay;
  give_up_due(id, trigger);
  if (state().workflows[id].cursors.at(trigger).cursor < now) move_cursor(id, trigger, now);
}

}  // namespace gantry::core
