#include "core/upcoming.h"

#include "core/timers.h"

namespace gantry::core {

namespace {
Idle idle_of(const model::WorkflowRow& row, bool server_paused) {
  if (!row.enabled || row.disabled) return Idle::WorkflowDisabled;
  if (row.paused) return Idle::WorkflowPaused;
  return server_paused ? Idle::ServerPaused : Idle::No;
}

void add_firings(const schedule::Schedule& schedule, Instant after, int count, Upcoming& out) {
  for (int i = 0; i < count; ++i) {
    const auto firing = schedule::next_firing(schedule, after);
    if (!firing) break;
    out.firings.push_back(*firing);
    after = firing->at;
  }
  if (out.firings.empty()) out.idle = Idle::Ended;
}
}  // namespace

std::string_view name_of(Idle idle) {
  switch (idle) {
    case Idle::No: return "";
    case Idle::TriggerDisabled: return "trigger_disabled";
    case Idle::WorkflowDisabled: return "workflow_disabled";
    case Idle::WorkflowPaused: return "workflow_paused";
    case Idle::ServerPaused: return "server_paused";
    case Idle::CalendarMissing: return "calendar_missing";
    case Idle::Ended: return "ended";
  }
  return "";
}

std::vector<Upcoming> upcoming(const model::WorkflowRow& row, const model::Calendars& calendars,
                               bool server_paused, Instant after, int count) {
  std::vector<Upcoming> out;
  for (const model::Trigger& trigger : row.triggers) {
    auto schedule = compile(row.name, trigger);
    if (!schedule) continue;  // no timer
    Upcoming one{trigger.id, trigger.timezone, idle_of(row, server_paused), {}};
    if (!trigger.enabled) one.idle = Idle::TriggerDisabled;
    auto days = days_of(trigger, calendars);
    if (!days.ok() && one.idle == Idle::No) one.idle = Idle::CalendarMissing;
    if (days.ok()) schedule->days = *std::move(days);
    if (one.idle == Idle::No) add_firings(*schedule, after, count, one);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace gantry::core
