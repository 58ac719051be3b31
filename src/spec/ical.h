// iCalendar files (RFC 5545) as lists of days off and make-up days.
//
// Read: VEVENT with DTSTART and DTEND or DURATION, as dates or date-times; RRULE with FREQ,
// INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY; RDATE and EXDATE; RECURRENCE-ID for one day;
// SUMMARY, CATEGORIES, STATUS. What else is there and bears on days is reported with its line, as
// is an event of less than a day.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "spec/load.h"

namespace gantry::spec {

enum class IcalAs { AsMarked, Holidays, Workdays };

struct IcalOptions {
  std::string file;  // what messages call it
  IcalAs as = IcalAs::AsMarked;
  int last_year = 0;  // rules without an end are followed up to here
};

// AsMarked: an entry is a make-up day if it says so (班, "workday", X-APPLE-SPECIAL-DAY), else a
// day off. If any entry of the file is marked as either (休, 班), those that are not are neither.
struct IcalDays {
  std::map<CivilDate, std::string> holidays;
  std::map<CivilDate, std::string> workdays;
  std::vector<Diagnostic> problems;  // errors: the file is none; warnings: what was left out
};

IcalDays read_ical(std::string_view text, const IcalOptions& options);

// A calendar file with these days, complete for the years they are of.
std::string calendar_yaml(const IcalDays& days, const std::string& description);

}  // namespace gantry::spec
