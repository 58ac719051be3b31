// The rule for all later years at the end of a zone file, as POSIX writes TZ: a standard offset
// and, if there is daylight saving, the two days of the year on which it begins and ends.
// Grammar: POSIX.1-2017 8.3 with the extension of RFC 8536 3.3.1 (hours from -167 to 167).
// Pure values.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace gantry::schedule {

// A day of a year and a local time on it.
struct YearlyRule {
  enum class Kind { MonthWeekday, JulianNoLeap, DayOfYear };
  Kind kind = Kind::MonthWeekday;
  int month = 1;    // MonthWeekday: 1..12
  int week = 1;     // MonthWeekday: 1..5, 5 = last
  int weekday = 0;  // MonthWeekday: 0 = Sunday
  int day = 0;      // JulianNoLeap: 1..365, never 29 February; DayOfYear: 0..365
  int second = 7200;
};

struct PosixTz {
  struct Daylight {
    int offset_seconds = 0;
    YearlyRule begin;  // in standard time
    YearlyRule end;    // in daylight time
  };
  int standard_seconds = 0;  // east of Greenwich, unlike in the text
  std::optional<Daylight> daylight;
};

// Nothing if the text is not such a rule.
std::optional<PosixTz> parse_posix_tz(std::string_view text);

struct PosixSpan {
  Instant begin;
  Instant end;
  Duration offset;
};
// The span around `instant`; without daylight saving from the least to the greatest Instant.
PosixSpan posix_span_at(const PosixTz& rule, Instant instant);

}  // namespace gantry::schedule
