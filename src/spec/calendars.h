// Calendar files: calendars/NAME.yaml -> schedule::Calendar, and the calendars that come with the
// program. docs/format/calendars.md describes the format.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "schedule/calendar.h"
#include "spec/load.h"

namespace gantry::spec {

using model::Calendars;

// Of a range like 2026-10-01..2026-10-07.
constexpr int kRangeDaysMax = 366;

// What one file says; `parts.include` stays empty until the calendars are linked.
struct CalendarFile {
  struct Include {
    std::string name;
    model::SourcePlace place;
  };
  std::string file;  // what messages call it
  std::string description;
  schedule::CalendarParts parts;
  std::vector<Include> include;
};

struct CalendarLoad {
  std::optional<CalendarFile> calendar;  // set if there is no error
  std::vector<Diagnostic> diagnostics;
};

// `name` is the calendar's name (the file's without extension), `file` what messages call it.
CalendarLoad load_calendar(std::string_view text, const std::string& name, const std::string& file);

// The calendars that come with the program, as files.
struct BuiltInCalendar {
  std::string_view name;
  std::string_view text;
};
const std::vector<BuiltInCalendar>& built_in_calendars();

struct LinkedCalendars {
  Calendars calendars;                  // those that are good
  std::vector<Diagnostic> diagnostics;  // of the others: what they include and can not
};
// By name; the built-in ones are there too, if no file has their name.
LinkedCalendars link_calendars(std::map<std::string, CalendarFile> files);

// What the lint of a workflow knows of calendars.
struct KnownCalendars {
  const Calendars& calendars;
  CivilDate today;
};

// The first year of which `calendar` does not know the holidays, as seen from `today`: this year,
// or the next one from November on, when holidays of the next year are published. Nothing: all is
// well.
std::optional<int> missing_year(const schedule::Calendar& calendar, CivilDate today);

}  // namespace gantry::spec
