#include "core/upcoming.h"

#include <gtest/gtest.h>

namespace gantry::core {
namespace {

model::WorkflowRow row_with_two() {
  model::WorkflowRow row;
  row.name = "report";
  model::Trigger nightly;
  nightly.id = "nightly";
  nightly.cron = "0 2 * * *";
  nightly.timezone = "Asia/Shanghai";
  model::Trigger often;
  often.id = "often";
  often.kind = model::TriggerKind::Every;
  often.every = hours(1);
  often.timezone = "UTC";
  row.triggers = {nightly, often};
  return row;
}

const Instant kNow = *parse_instant("2026-11-22T10:30:00Z");

TEST(Upcoming, OfEachTriggerInTheOrderOfTheFile) {
  const auto all = upcoming(row_with_two(), {}, false, kNow, 2);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].trigger, "nightly");
  ASSERT_EQ(all[0].firings.size(), 2u);
  EXPECT_EQ(format_instant(all[0].firings[1].at), "2026-11-23T18:00:00.000000Z");
  EXPECT_EQ(format_instant(all[1].firings[0].at), "2026-11-22T11:00:00.000000Z");
  EXPECT_EQ(all[1].idle, Idle::No);
}

TEST(Upcoming, SaysWhyThereIsNone) {
  model::WorkflowRow row = row_with_two();
  row.triggers[0].enabled = false;
  row.triggers[1].every = days(400'000);
  row.triggers[1].from = Instant::max() - days(1);
  auto all = upcoming(row, {}, false, Instant::max() - hours(1), 5);
  EXPECT_EQ(all[0].idle, Idle::TriggerDisabled);
  EXPECT_EQ(all[1].idle, Idle::Ended);
  EXPECT_EQ(upcoming(row, {}, true, kNow, 5)[1].idle, Idle::ServerPaused);
  model::TimerDetails details;
  details.calendar = "nowhere";
  row.triggers[1].timer = details;
  EXPECT_EQ(upcoming(row, {}, false, kNow, 5)[1].idle, Idle::CalendarMissing);
  row.paused = true;
  EXPECT_EQ(upcoming(row, {}, true, kNow, 5)[1].idle, Idle::WorkflowPaused);
  row.disabled = true;
  all = upcoming(row, {}, true, kNow, 5);
  EXPECT_EQ(all[1].idle, Idle::WorkflowDisabled);
  EXPECT_TRUE(all[1].firings.empty());
  EXPECT_EQ(all[0].idle, Idle::TriggerDisabled);
}

TEST(Upcoming, TellsTheDaysThatTheCalendarHasOff) {
  schedule::CalendarParts parts;
  parts.name = "office";
  parts.holidays[*parse_date("2026-11-24")] = "Founders' Day";
  model::WorkflowRow row = row_with_two();
  model::TimerDetails details;
  details.calendar = "office";
  row.triggers[0].timer = details;
  row.triggers.pop_back();
  const model::Calendars calendars{{"office", *schedule::Calendar::make(parts)}};
  // 02:00 in Shanghai: Monday the 23rd, not the holiday, then until the Monday after.
  const auto all = upcoming(row, calendars, false, kNow, 5);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].firings.size(), 5u);
  EXPECT_EQ(format_instant(all[0].firings[1].at), "2026-11-24T18:00:00.000000Z");
  ASSERT_EQ(all[0].skipped.size(), 3u);
  EXPECT_EQ(format_date(all[0].skipped[0].date), "2026-11-24");
  EXPECT_TRUE(all[0].skipped[0].is_holiday);
  EXPECT_EQ(all[0].skipped[0].name, "Founders' Day");
  EXPECT_EQ(all[0].skipped[0].calendar, "office");
  EXPECT_EQ(format_date(all[0].skipped[1].date), "2026-11-28");
  EXPECT_FALSE(all[0].skipped[1].is_holiday);
  // One that is moved is not skipped.
  details.on_holiday = model::OnHoliday::After;
  row.triggers[0].timer = details;
  EXPECT_TRUE(upcoming(row, calendars, false, kNow, 5)[0].skipped.empty());
}

}  // namespace
}  // namespace gantry::core
