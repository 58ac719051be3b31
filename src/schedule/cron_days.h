// Which days a cron expression takes, by the calendar alone. For cron_parse.cpp and cron_next.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "schedule/cron.h"

namespace gantry::schedule {

// 29 February on given weekdays can be 40 years away (around 2100).
inline constexpr int kSearchYears = 44;

template <typename Set>
bool has(Set set, int bit) {
  return (set >> bit & 1) != 0;
}

// `day_number` counts from 1970-01-01 and is the day of `date`.
bool day_matches(const CronFields& fields, CivilDate date, std::int64_t day_number);

// The first matching day from `day_number` on; nothing if there is none within kSearchYears.
std::optional<std::int64_t> day_from(const CronFields& fields, std::int64_t day_number);

}  // namespace gantry::schedule
