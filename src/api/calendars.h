// Calendars for people and programs: what there is, and the days of a year.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/surroundings.h"
#include "model/event.h"
#include "schedule/calendar.h"
#include "spec/load.h"

namespace gantry::api {

struct CalendarView {
  std::string name;
  std::string description;
  bool built_in = false;
  std::shared_ptr<const schedule::Calendar> calendar;  // null: it never was good
  std::vector<spec::Diagnostic> problems;              // why the newest text is not live
};

// By name, those that have ever been good.
model::Calendars live_calendars(std::vector<CalendarView> views);

struct Services;
// What expressions may ask of the world, as it is now. Any thread.
core::Surroundings surroundings_of(const Services& services);

}  // namespace gantry::api
