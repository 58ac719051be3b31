// The days and the span of data that a new run is about.
#pragma once

#include "model/change.h"
#include "model/event.h"

namespace gantry::core {

// In the workflow's time zone; `trigger` is null for requests.
model::RunDates dates_of(Instant scheduled_at, const model::Workflow& workflow,
                         const model::Trigger* trigger, const model::Calendars& calendars);

}  // namespace gantry::core
