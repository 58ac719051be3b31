// The days and the span of data that a new run is about.
#pragma once

#include <optional>

#include "model/change.h"
#include "model/event.h"
#include "schedule/zone.h"

namespace gantry::core {

// In the workflow's time zone; `trigger` is null for requests.
model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars);

// Of a whole day, for a run that is made for a date without a timer.
model::RunDates dates_of_day(CivilDate date, const model::Workflow& workflow);

// What the trigger's first firing on this date is scheduled at; nothing if it fires on another one.
// A firing that working days move belongs to the date it is moved to.
std::optional<Instant> firing_on(CivilDate date, const model::Workflow& workflow,
                                 const model::Trigger& trigger, const model::Calendars& calendars);

// The clock on which the workflow means dates.
schedule::Zone zone_of(const model::Workflow& workflow);

}  // namespace gantry::core
