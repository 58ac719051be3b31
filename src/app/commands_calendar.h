// The commands about calendars; they read the home's folder, no server is needed.
#pragma once

#include <memory>
#include <string>

#include "app/commands.h"
#include "base/result.h"
#include "schedule/calendar.h"

namespace gantry::app {

struct CalendarShowOptions {
  std::string calendar;  // a name, or a file
  int year = 0;          // 0: this one
};
struct CalendarCheckOptions {
  std::string date;
  std::string calendar;  // empty: all
};
struct CalendarImportOptions {
  std::string file;
  std::string name;
  std::string as;  // holidays, workdays; empty: as the entries say
  bool force = false;
};

// By its name, or of a file of calendars/ or any other; what is wrong with that goes to stderr.
Result<std::shared_ptr<const schedule::Calendar>> find_calendar(const Context& context,
                                                                const std::string& name);

int calendars(const Context& context);
int calendar_show(const Context& context, const CalendarShowOptions& options);
int calendar_check(const Context& context, const CalendarCheckOptions& options);
int calendar_import(const Context& context, const CalendarImportOptions& options);

}  // namespace gantry::app
