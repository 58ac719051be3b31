// What working days do to the firings of a rule: of schedule.cpp, for nobody else. All before the
// schedule's delay.
#pragma once

#include "schedule/schedule.h"

namespace gantry::schedule {

// What the rule names within the schedule's bounds.
std::optional<Instant> next_named(const Schedule& schedule, Instant after);
Firings named_in(const Schedule& schedule, Instant after, Instant until);

// What becomes of it; the schedule has `days`.
std::optional<Firing> next_moved(const Schedule& schedule, Instant after);
// Days that get nothing from others are counted as a whole, on the others firing by firing.
Firings moved_in(const Schedule& schedule, Instant after, Instant until);

}  // namespace gantry::schedule
