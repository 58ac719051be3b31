// RRULE: the days on which an event comes again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::spec {

// Names and enumerated values are the same in small letters and capitals (of ASCII).
std::string in_capitals(std::string_view text);

// "20261001" or "20261001T093000Z".
struct IcalTime {
  CivilDate date;
  int minute = 0;  // of the day
  bool is_date = true;
  bool is_utc = false;
};
std::optional<IcalTime> parse_ical_time(std::string_view text);

struct IcalRule {
  enum class Every { Day, Week, Month, Year };
  struct Weekday {
    int weekday = 0;  // 0 = Sunday
    int nth = 0;      // of the month or year, from its end if negative; 0: each
  };
  Every every = Every::Year;
  int interval = 1;
  int count = 0;  // 0: no limit
  std::optional<CivilDate> until;
  std::vector<int> months, month_days;
  std::vector<Weekday> weekdays;
};

// The error names what is not understood.
Result<IcalRule> parse_ical_rule(std::string_view text);

// The days from `start` on, which is one of them, up to the end of `last_year`.
std::vector<CivilDate> days_of(const IcalRule& rule, CivilDate start, int last_year);

}  // namespace gantry::spec
