// When a timer fires. Start reading here: a Schedule is a value that says when, next_firing() is
// the question asked of it. Pure: the clock is the caller's (core, lint, simulation).
//
// A Schedule is a composition: the rule names instants, start and end bound them, the delay moves
// them.
//
//   firings.h   a firing; how many, the first and the last of a span
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

// Once.
struct At {
  Instant at;
  bool operator==(const At&) const = default;
};

struct Schedule {
  std::variant<Cron, Every, At> rule;
  // Bounds of what the rule names: start <= scheduled_at < end.
  std::optional<Instant> start{};
  std::optional<Instant> end{};
  Duration delay{};  // a trigger's jitter: each firing comes so much after its scheduled_at; >= 0
  bool operator==(const Schedule&) const = default;
};

// The first instant that the rule names after `after`.
std::optional<Instant> next_after(const At& once, Instant after);

// The first firing whose `at` is after `after`; nothing if there will be none. Strictly increasing
// in `at`. Takes microseconds, whatever the expression.
std::optional<Firing> next_firing(const Schedule& schedule, Instant after);

// All firings whose `at` is in (after, until]. Takes microseconds for an interval; for cron some
// thousand steps per year of the span, however often it fires.
Firings firings_in(const Schedule& schedule, Instant after, Instant until);

}  // namespace gantry::schedule
