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
Instant interval_start(Instant scheduled_at, const model::Workflow& workflow,
                       const model::Trigger* trigger) {
  if (trigger == nullptr) return scheduled_at;
  const auto compiled = compile(workflow.name, *trigger);
  if (!compiled) return scheduled_at;
  return last_before(*compiled, scheduled_at).value_or(scheduled_at);
}
}  // namespace

model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger) {
  const CivilDate date = local_date_of(scheduled_at, workflow);
  return {date, civil_from_days(days_from_civil(date) - 1),
          interval_start(scheduled_at, workflow, trigger), scheduled_at};
}

}  // namespace gantry::core
