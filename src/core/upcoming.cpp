#include "core/upcoming.h"

#include <utility>

#include "core/timers.h"

namespace gantry::core {

namespace {
Idle idle_of(const model::WorkflowRow& row, bool server_paused) {
  if (!row.enabled || row.disabled) return Idle::WorkflowDisabled;
  if (row.paused) return Idle::WorkflowPaused;
  return server_paused ? Idle::ServerPaused : Idle::No;
}

constexpr Duration kLookAhead = days(366);

Instant year_after(Instant at) {
  return at > Instant::max() - kLookAhead ? Instant::max() : at + kLookAhead;
}

void add_firings(const schedule::Schedule& schedule, Instant after, int count, Upcoming& out) {
  const Instant begin = after;
  for (int i = 0; i < count; ++i) {
    const auto firing = schedule::next_firing(schedule, after);
    if (!firing) break;
    out.firings.push_back(*firing);
    after = firing->at;
  }
  if (out.firings.empty()) out.idle = Idle::Ended;
  const Instant end = out.firings.empty() ? year_after(begin) : out.firings.back().at;
  out.skipped = days_off(schedule, begin, end);
  out.unknown_years = unknown_years(schedule, begin, end);
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

// From one date to the next: however often the rule names instants.
std::vector<DayOff> days_off(schedule::Schedule schedule, Instant after, Instant until) {
  std::vector<DayOff> out;
  if (!schedule.days || schedule.days->on_holiday != schedule::OnHoliday::Skip) return out;
  const schedule::WorkingDays days = *std::exchange(schedule.days, std::nullopt);
  while (static_cast<int>(out.size()) < kDaysOffMax) {
    const auto named = schedule::next_firing(schedule, after);
    if (!named || named->at > until) break;
    const CivilDate date = schedule::local_date(days.zone, named->scheduled_at);
    const schedule::DayInfo info = days.calendar->day(date);
    if (!is_work(info.kind))
      out.push_back({date, info.kind == schedule::DayKind::Holiday, info.name,
                     info.source.empty() ? days.calendar->name() : info.source});
    const CivilDate tomorrow = civil_from_days(days_from_civil(date) + 1);
    const Instant next_day = schedule::start_of_day(days.zone, tomorrow) + schedule.delay;
    after = std::max(named->at, next_day - microseconds(1));
  }
  return out;
}

std::vector<int> unknown_years(const schedule::Schedule& schedule, Instant after, Instant until) {
  std::vector<int> out;
  if (!schedule.days) return out;
  const schedule::Zone& zone = schedule.days->zone;
  const int last = schedule::local_date(zone, until).year;
  for (int year = schedule::local_date(zone, after).year; year <= last; ++year)
    if (!schedule.days->calendar->covers(year)) out.push_back(year);
  return out;
}

std::vector<Upcoming> upcoming(const model::WorkflowRow& row, const model::Calendars& calendars,
                               bool server_paused, Instant after, int count) {
  std::vector<Upcoming> out;
  for (const model::Trigger& trigger : row.triggers) {
    auto schedule = compile(row.name, trigger);
    if (!schedule) continue;  // no timer
    Upcoming one{trigger.id, trigger.timezone, idle_of(row, server_paused), {}, {}};
    if (!trigger.enabled) one.idle = Idle::TriggerDisabled;
    auto days = days_of(trigger, calendars);
    if (!days.ok() && one.idle == Idle::No) one.idle = Idle::CalendarMissing;
    if (days.ok()) schedule->days = *std::move(days);
    one.calendar = trigger.timer->calendar;
    if (one.idle == Idle::No) add_firings(*schedule, after, count, one);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace gantry::core
