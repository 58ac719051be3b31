#include "core/dates.h"

#include "core/timers.h"
#include "schedule/schedule.h"

namespace gantry::core {

namespace {
// The firing before; without one, or a timer, the span is empty.
Instant interval_start(Instant scheduled_at, const std::string& workflow,
                       const model::Trigger* trigger,
                       const std::optional<schedule::WorkingDays>& days) {
  if (trigger == nullptr) return scheduled_at;
  auto compiled = compile(workflow, *trigger);
  if (!compiled) return scheduled_at;
  compiled->days = days;
  return last_before(*compiled, scheduled_at).value_or(scheduled_at);
}

CivilDate day_after(CivilDate date, int days) {
  return civil_from_days(days_from_civil(date) + days);
}

CivilDate business_date(CivilDate date, const std::optional<schedule::WorkingDays>& days) {
  const CivilDate day_before = day_after(date, -1);
  return days ? days->calendar->previous_workday(date).value_or(day_before) : day_before;
}
}  // namespace

model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars) {
  const CivilDate date = schedule::local_date(zone_of(workflow), scheduled_at);
  std::optional<schedule::WorkingDays> days;
  if (trigger != nullptr)
    if (auto known = days_of(*trigger, calendars); known.ok()) days = *std::move(known);
  return {date, business_date(date, days),
          interval_start(scheduled_at, workflow.name, trigger, days), scheduled_at};
}

model::RunDates dates_of_day(CivilDate date, const model::Workflow& workflow) {
  const schedule::Zone zone = zone_of(workflow);
  return {date, business_date(date, std::nullopt), schedule::start_of_day(zone, date),
          schedule::start_of_day(zone, day_after(date, 1))};
}

std::optional<Instant> firing_on(CivilDate date, const model::Workflow& workflow,
                                 const model::Trigger& trigger, const model::Calendars& calendars) {
  auto compiled = compile(workflow.name, trigger);
  if (!compiled) return std::nullopt;
  if (auto days = days_of(trigger, calendars); days.ok()) compiled->days = *std::move(days);
  compiled->delay = {};
  const schedule::Zone zone = zone_of(workflow);
  const auto next =
      schedule::next_firing(*compiled, schedule::start_of_day(zone, date) - microseconds(1));
  if (!next || schedule::local_date(zone, next->at) != date) return std::nullopt;
  return next->scheduled_at;
}

schedule::Zone zone_of(const model::Workflow& workflow) {
  const auto zone = schedule::find_zone(workflow.timezone);
  return zone.ok() ? *zone : schedule::Zone();
}

}  // namespace gantry::core
