// The keys `calendar` and `on_holiday` of a trigger.
#pragma once

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

// After the trigger's rule and zone were read.
void read_trigger_calendar(const Source& source, const Fields& fields, const Draft& draft,
                           model::Trigger& trigger);

}  // namespace gantry::spec
