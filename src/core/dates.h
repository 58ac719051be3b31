// The days and the span of data that a new run is about.
#pragma once

#include <optional>

#include "model/change.h"
#include "model/event.h"
#include "schedule/firings.h"
#include "schedule/zone.h"

namespace gantry::core {

// In the workflow's time zone; `trigger` is null for requests.
model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars);

// Of a whole day, for a run that is made for a date without a timer.
model::RunDates dates_of_day(CivilDate date, const model::Workflow& workflow);

// The trigger's first firing for this date, without its delay; nothing if it has none for it, or if
// its calendar is missing. As in dates_of(), the date is that which the rule names: a firing that
// working days move keeps it.
std::optional<schedule::Firing> firing_of(CivilDate date, const model::Workflow& workflow,
                                          const model::Trigger& trigger,
                                          const model::Calendars& calendars);

// How many instants of this date its rule names, whatever day working days move them to.
std::int64_t named_on(CivilDate date, const model::Workflow& workflow,
                      const model::Trigger& trigger);

// The clock on which the workflow means dates.
schedule::Zone zone_of(const model::Workflow& workflow);

}  // namespace gantry::core
