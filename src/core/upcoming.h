// When the triggers of a workflow fire next, for people and programs that ask. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/change.h"
#include "model/event.h"
#include "schedule/schedule.h"

namespace gantry::core {

// Why a trigger has no next firing.
enum class Idle {
  No,
  TriggerDisabled,   // its file says so
  WorkflowDisabled,  // the file or a person says so
  WorkflowPaused,
  ServerPaused,
  CalendarMissing,
  Ended,  // its rule names nothing more
};
std::string_view name_of(Idle idle);  // "trigger_disabled"; "" for No

// A day on which the trigger would fire, if its calendar did not have it off.
struct DayOff {
  CivilDate date;
  bool is_holiday = false;  // else the week has it off
  std::string name;         // of the holiday; may be empty
  std::string calendar;     // that says so: the trigger's, or one that it includes
};

struct Upcoming {
  std::string trigger;
  std::string timezone;
  Idle idle = Idle::No;
  std::vector<schedule::Firing> firings;  // empty if idle
  std::vector<DayOff> skipped;            // before the last of these, in order
  std::string calendar = {};              // its own; may be empty
  std::vector<int> unknown_years = {};    // of the firings: the calendar has no holidays of them
};

inline constexpr int kUpcomingMax = 1'000;  // firings of a trigger that are told at once
inline constexpr int kDaysOffMax = 1'000;   // days that are told beside them

// Those on which firings in (after, until] are skipped, at most kDaysOffMax.
std::vector<DayOff> days_off(schedule::Schedule schedule, Instant after, Instant until);

// Those in which firings in (after, until] are looked up in a calendar that does not know them.
std::vector<int> unknown_years(const schedule::Schedule& schedule, Instant after, Instant until);

// Of each timer in the order of the file, at most `count` firings after `after`. Of the row only
// name, triggers, enabled, disabled and paused count.
std::vector<Upcoming> upcoming(const model::WorkflowRow& row, const model::Calendars& calendars,
                               bool server_paused, Instant after, int count);

}  // namespace gantry::core
