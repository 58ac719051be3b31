// When a timer fires. Start reading here: a Schedule is a value that says when, next_firing() is
// the question asked of it. Pure: the clock is the caller's (core, lint, simulation).
//
// A Schedule is a composition: the rule names instants, start and end bound them, working days skip
// or move them to other days, the delay moves them a little.
//
//   firings.h   a firing; how many, the first and the last of a span
//   cron.h      expressions and their rules for daylight saving (cron_parse.cpp, cron_next.cpp)
//   interval.h  every so often
//   calendar.h  which days are working days
//   moved.h     what working days do to firings
//   zone.h      time zones, local dates
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "schedule/calendar.h"
#include "schedule/cron.h"
#include "schedule/interval.h"
#include "schedule/zone.h"

namespace gantry::schedule {

// Once.
struct At {
  Instant at;
  bool operator==(const At&) const = default;
};

// What becomes of a firing on a day that is no working day.
enum class OnHoliday : std::uint8_t {
  Skip,
  Before,  // it comes at the same time of day on the nearest working day before
  After,   // ... after
};

// Firings that are moved to one instant are one. It is that of the day itself, if there is one
// (then nothing was moved), else the nearest of those that were moved: the earliest for Before, the
// latest for After. A firing is moved by at most kMovedDaysMax days; one farther from a working day
// is skipped.
struct WorkingDays {
  std::shared_ptr<const Calendar> calendar;
  OnHoliday on_holiday = OnHoliday::Skip;
  Zone zone;  // on whose clock a day and a time of day are meant
  bool operator==(const WorkingDays&) const = default;
};
inline constexpr int kMovedDaysMax = 366;

struct Schedule {
  std::variant<Cron, Every, At> rule;
  // Bounds of what the rule names: start <= scheduled_at < end.
  std::optional<Instant> start{};
  std::optional<Instant> end{};
  std::optional<WorkingDays> days{};
  Duration delay{};  // a trigger's jitter: each firing comes so much after its scheduled_at; >= 0
  bool operator==(const Schedule&) const = default;
};

// The first instant that the rule names after `after`.
std::optional<Instant> next_after(const At& once, Instant after);

// The first firing whose `at` is after `after`; nothing if there will be none. Strictly increasing
// in `at`. Takes microseconds, whatever the expression and the calendar; a rule whose firings fall
// on days off a thousand times in a row has none.
std::optional<Firing> next_firing(const Schedule& schedule, Instant after);

// All firings whose `at` is in (after, until]. Takes microseconds for an interval; for cron some
// thousand steps per year of the span, however often it fires.
Firings firings_in(const Schedule& schedule, Instant after, Instant until);

}  // namespace gantry::schedule
