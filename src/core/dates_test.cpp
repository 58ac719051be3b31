#include "core/dates.h"

#include <gtest/gtest.h>

#include "schedule/calendar.h"

namespace gantry::core {
namespace {

Instant at(const char* text) { return parse_instant(text).value(); }

model::Calendars office(std::vector<CivilDate> holidays) {
  schedule::CalendarParts parts;
  parts.name = "office";
  for (const CivilDate date : holidays) parts.holidays[date] = "";
  return {{"office", schedule::Calendar::make(parts).value()}};
}

model::Trigger timer(const std::string& cron, model::OnHoliday on_holiday) {
  model::Trigger trigger;
  trigger.id = "t";
  trigger.cron = cron;
  trigger.timezone = "UTC";
  model::TimerDetails details;
  details.calendar = "office";
  details.on_holiday = on_holiday;
  trigger.timer = details;
  return trigger;
}

std::string interval(const model::Trigger& trigger, const char* scheduled_at,
                     const model::Calendars& calendars) {
  model::Workflow workflow;
  workflow.name = "w";
  workflow.timezone = "UTC";
  const auto dates = dates_of(at(scheduled_at), workflow, &trigger, calendars);
  EXPECT_EQ(dates.interval_end, at(scheduled_at));
  return format_instant(dates.interval_start).substr(0, 16);
}

TEST(Dates, TheIntervalOfAFiringThatCameEarlierIsThatSinceTheOneBefore) {
  const auto calendars = office({{2026, 10, 1}, {2026, 10, 2}, {2026, 9, 1}});
  using model::OnHoliday;
  const auto first = timer("0 9 1 * *", OnHoliday::Before);
  EXPECT_EQ(interval(first, "2026-10-01T09:00:00Z", calendars), "2026-09-01T09:00");
  EXPECT_EQ(interval(first, "2026-09-01T09:00:00Z", calendars), "2026-08-01T09:00");
  EXPECT_EQ(interval(first, "2026-07-01T09:00:00Z", calendars), "2026-06-01T09:00");
  const auto yearly = timer("0 9 1 10 *", OnHoliday::Before);
  EXPECT_EQ(interval(yearly, "2026-10-01T09:00:00Z", calendars), "2025-10-01T09:00");
  // Both of a Saturday come on Friday.
  const auto twice = timer("0 9,18 * * 6", OnHoliday::Before);
  EXPECT_EQ(interval(twice, "2026-11-21T18:00:00Z", calendars), "2026-11-21T09:00");
  EXPECT_EQ(interval(twice, "2026-11-21T09:00:00Z", calendars), "2026-11-14T18:00");
  const auto after = timer("0 9 1 * *", OnHoliday::After);
  EXPECT_EQ(interval(after, "2026-10-01T09:00:00Z", calendars), "2026-09-01T09:00");
}

}  // namespace
}  // namespace gantry::core
