// When a timer fires. Start reading here: a Schedule is a value that says when, next_after() is the
// only question asked of it. Pure: the clock is the caller's (core, lint, simulation).
//
//   firings.h   how many, the first and the last of a span
//   cron.h      expressions and their rules for daylight saving (cron_parse.cpp, cron_next.cpp)
//   interval.h  every so often
//   zone.h      time zones, local dates
#pragma once

#include <optional>
#include <variant>

#include "schedule/cron.h"
#include "schedule/interval.h"
#include "schedule/zone.h"

namespace gantry::schedule {

struct Schedule {
  std::variant<Cron, Every> rule;
  bool operator==(const Schedule&) const = default;
};

// The first firing strictly after `after`; nothing if there will be none. Takes microseconds,
// whatever the expression.
std::optional<Instant> next_after(const Schedule& schedule, Instant after);

// All firings in (after, until]. Takes microseconds for an interval; for cron some thousand steps
// per year of the span, however often it fires.
Firings firings_in(const Schedule& schedule, Instant after, Instant until);

}  // namespace gantry::schedule
