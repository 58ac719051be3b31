// Catch-up: what becomes of the firings of a timer that are due.
//
// A firing is in time if it is late by no more than a minute and the server watched the timer all
// along; the newest of all also if it did not (a restart of seconds skips no nightly job). The
// others are a gap (downtime, pause, disable, a clock set forth) and follow the trigger's policy.
// What is not made comes before what is made, so one span tells of all of it.
#pragma once

#include <vector>

#include "model/workflow.h"
#include "schedule/schedule.h"

namespace gantry::core {

inline constexpr Duration kLate = seconds(60);

struct Due {
  schedule::Firings missed;            // not to be made; count is 0 if there are none
  std::vector<schedule::Firing> made;  // ascending
  Instant cursor;                      // firings up to here are dealt with
};

// Of the firings whose `at` is in (cursor, now]; `watched` is since when the server would have
// fired them when they were due. Walks no more than those that are made.
Due sort_due(const schedule::Schedule& schedule, Instant cursor, Instant watched, Instant now,
             const model::CatchUp& rule);

}  // namespace gantry::core
