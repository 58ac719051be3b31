#include "schedule/cron_days.h"

#include <algorithm>

namespace gantry::schedule {

namespace {
constexpr int kSunday = 0;
constexpr int kSaturday = 6;

int weekday_of(std::int64_t day_number) {
  return static_cast<int>(((day_number + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

CivilDate first_of_next_month(CivilDate date) {
  return date.month == 12 ? CivilDate{date.year + 1, 1, 1}
                          : CivilDate{date.year, date.month + 1, 1};
}

// A day of a month with what the special forms ask of it.
struct MonthDay {
  int day = 0;   // 1..last
  int last = 0;  // the month's last
  int weekday = 0;

  int weekday_on(int other) const { return ((weekday + other - day) % 7 + 7) % 7; }
  // The working day nearest to a day of this month, in this month.
  int workday_near(int target) const {
    switch (weekday_on(target)) {
      case kSaturday: return target > 1 ? target - 1 : target + 2;
      case kSunday: return target < last ? target + 1 : target - 2;
      default: return target;
    }
  }
};

bool is_nearest_workday(const CronFields& fields, const MonthDay& at) {
  if (fields.last_workday && at.workday_near(at.last) == at.day) return true;
  if (fields.near_days == 0) return false;
  for (int target = std::max(1, at.day - 2); target <= std::min(at.last, at.day + 2); ++target)
    if (has(fields.near_days, target) && at.workday_near(target) == at.day) return true;
  return false;
}

bool month_side(const CronFields& fields, const MonthDay& at) {
  return has(fields.days, at.day) || has(fields.days_from_end, at.last - at.day) ||
         is_nearest_workday(fields, at);
}

bool week_side(const CronFields& fields, const MonthDay& at) {
  const bool is_last = at.day + 7 > at.last;
  return has(fields.weekdays, at.weekday) ||
         has(fields.nth_weekdays, (at.day - 1) / 7 * 7 + at.weekday) ||
         (is_last && has(fields.last_weekdays, at.weekday));
}

bool matches(const CronFields& fields, const MonthDay& at) {
  return fields.either_day ? month_side(fields, at) || week_side(fields, at)
                           : month_side(fields, at) && week_side(fields, at);
}

int length_of_month(CivilDate date) {
  const CivilDate first{date.year, date.month, 1};
  return static_cast<int>(days_from_civil(first_of_next_month(date)) - days_from_civil(first));
}
}  // namespace

bool day_matches(const CronFields& fields, CivilDate date, std::int64_t day_number) {
  return matches(fields, {date.day, length_of_month(date), weekday_of(day_number)});
}

std::optional<std::int64_t> day_from(const CronFields& fields, std::int64_t day_number) {
  CivilDate date = civil_from_days(day_number);
  const int last_year = date.year + kSearchYears;
  while (date.year <= last_year) {
    const CivilDate next_month = first_of_next_month(date);
    const std::int64_t end = days_from_civil(next_month);
    const int last = date.day - 1 + static_cast<int>(end - day_number);
    if (has(fields.months, date.month)) {
      for (int day = date.day; day_number < end; ++day, ++day_number)
        if (matches(fields, {day, last, weekday_of(day_number)})) return day_number;
    }
    date = next_month;
    day_number = end;
  }
  return std::nullopt;
}

}  // namespace gantry::schedule
