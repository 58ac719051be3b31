#include "core/dates.h"

#include "core/timers.h"
#include "schedule/schedule.h"

namespace gantry::core {

namespace {
CivilDate local_date_of(Instant at, const model::Workflow& workflow) {
  auto zone = schedule::find_zone(workflow.timezone);
  if (!zone.ok()) zone = schedule::find_zone("UTC");
  return schedule::local_date(*zone, at);
}

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

CivilDate business_date(CivilDate date, const std::optional<schedule::WorkingDays>& days) {
  const CivilDate day_before = civil_from_days(days_from_civil(date) - 1);
  return days ? days->calendar->previous_workday(date).value_or(day_before) : day_before;
}
}  // namespace

model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars) {
  const CivilDate date = local_date_of(scheduled_at, workflow);
  std::optional<schedule::WorkingDays> days;
  if (trigger != nullptr)
    if (auto known = days_of(*trigger, calendars); known.ok()) days = *std::move(known);
  return {date, business_date(date, days),
          interval_start(scheduled_at, workflow.name, trigger, days), scheduled_at};
}

}  // namespace gantry::core
